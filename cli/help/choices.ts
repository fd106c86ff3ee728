const CLASSES = {
  STANDARD: 'frequent access',
  STANDARD_IA: 'infrequent access',
  ONEZONE_IA: 'infrequent access, one zone',
  INTELLIGENT_TIERING: 'S3 chooses',
  GLACIER_IR: 'archive, read at once',
  GLACIER: 'archive, restored in hours',
  DEEP_ARCHIVE: 'archive, restored in a day',
};

/** A few words on each choice of an option. */
export const CHOICES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  compare: {
    auto: 'size and ETag, then headers or checksums if these cannot tell',
    size: 'only the size: fast, misses changes that keep it',
    etag: 'size and ETag: the content, not the headers',
    'size-and-time': 'size, or newer at the source: the rule of `aws s3 sync`',
    metadata: 'headers and metadata too: asks both sides about each object',
    checksum: 'checksums too: asks both sides about each object',
    always: 'compare nothing, copy everything',
  },
  mode: {
    mirror: 'copies and deletes at the same time',
    publish: 'for web sites: assets first, then pages, then deletes',
  },
  tags: { copy: 'as the source has them', ignore: 'copies get none' },
  'storage-class': { same: 'as the source has it', ...CLASSES },
  'storage-classes': { ...CLASSES, REDUCED_REDUNDANCY: 'an old class' },
  archived: {
    fail: 'copy all others, then fail',
    skip: 'leave them out, and succeed',
    restore: 'ask S3 to restore them; a later run copies them',
  },
  'restore-tier': {
    Bulk: 'hours, cheapest',
    Standard: 'hours',
    Expedited: 'minutes, dearest; not from DEEP_ARCHIVE',
  },
  parts: {
    same: "the source's parts, so that ETags stay equal",
    fewest: 'as few as S3 allows: fewest requests',
  },
  sse: {
    AES256: 'keys of S3 (SSE-S3)',
    'aws:kms': 'a KMS key: see --sse-kms-key-id',
    'aws:kms:dsse': 'a KMS key, two layers',
  },
  acl: {
    auto: 'the next one, if the bucket uses ACLs or a policy requires it',
    'bucket-owner-full-control': "the destination's owner gets control",
    none: 'no ACL is sent',
  },
  'request-payer': { requester: 'you pay' },
  lock: {
    destination: 'in the destination: all runs see it',
    reports: 'with the reports: only runs with the same report location see it',
    none: 'no lock, the same as --no-lock',
  },
  proof: {
    list: 'its list pages',
    head: 'one HEAD request for each key',
  },
  progress: {
    auto: 'live on a terminal, otherwise lines; also lines if CI is set',
    live: 'redrawn in place',
    lines: 'a line with the time every 30 seconds',
    json: 'a JSON document each second',
    none: 'nothing',
  },
  lines: {
    actions: 'what was done, or in a dry run would be',
    plan: 'what a plan found',
    differences: 'what a verify phase found',
    failures: 'what failed, and why',
  },
  partition: {
    aws: 'all other Regions',
    'aws-cn': 'China',
    'aws-us-gov': 'AWS GovCloud (US)',
    'aws-eusc': 'AWS European Sovereign Cloud',
    'aws-iso': 'isolated Regions us-iso',
    'aws-iso-b': 'isolated Regions us-isob',
    'aws-iso-e': 'isolated Regions eu-isoe',
    'aws-iso-f': 'isolated Regions us-isof',
  },
};
