/** Headings of the help, and their options: common ones first. An option that is missing here keeps the group of its command. */
export const OPTION_GROUPS: Readonly<Record<string, readonly string[]>> = {
  'Which reports:': ['keep'],
  'Which objects:': [
    ...['include', 'exclude', 'prefix', 'destination-prefix', 'min-size', 'max-size', 'newer-than', 'older-than'],
    ...['storage-classes', 'keys-from', 'start-after'],
  ],
  'Deletes and limits:': [
    ...[
      'no-delete',
      'delete-after',
      'max-deletes',
      'max-overwrites',
      'max-cost',
      'allow-empty-source',
      'plan',
      'no-plan',
      'strict',
    ],
  ],
  'How it mirrors:': ['compare', 'mode', 'order', 'verify', 'dry-run', 'input'],
  'What copies get:': [
    ...['tags', 'storage-class', 'parts', 'sse', 'sse-kms-key-id', 'acl', 'archived', 'restore-tier', 'restore-days'],
  ],
  'CloudFront:': [
    ...[
      'invalidate',
      'invalidate-paths',
      'invalidate-max-paths',
      'invalidate-index-document',
      'invalidate-bare-folders',
    ],
    ...[
      'invalidate-origin-path',
      'invalidate-viewer-prefix',
      'invalidate-tags',
      'invalidate-new-paths',
      'invalidate-wait',
    ],
  ],
  'Output:': [],
  'Where it runs:': [],
  'If the two sides are in different places:': [],
  'Rarely needed:': [
    ...[
      'lock',
      'no-lock',
      'conditional',
      'proof',
      'request-payer',
      'source-owner',
      'destination-owner',
      'retry',
      'apply',
      'undo',
      'no-hold',
    ],
    ...['max-concurrency', 'request-concurrency'],
  ],
};
