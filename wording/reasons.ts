/** Why an object was copied, deleted or left alone, by the `reason` of its line in a report. */
export const REASONS: Readonly<Record<string, string>> = {
  missing: 'new',
  size: 'another size',
  etag: 'other content',
  checksum: 'other content (checksum)',
  time: 'newer at the source',
  metadata: 'other headers or metadata',
  unproven: 'nothing proves them equal',
  always: 'all are copied',
  orphan: 'only at the destination',
  archived: 'archived',
  restoring: 'being restored',
  gone: 'gone before it was copied',
  'changed-since-plan': 'changed since the plan',
};
