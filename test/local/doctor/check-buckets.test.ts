import type { BucketFacts, BucketSettings } from '../../../local/doctor/bucket-facts';
import { checkBuckets } from '../../../local/doctor/check-buckets';
import type { WrittenHeaders } from '../../../local/doctor/checks/policy-checks';

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/one';

const SETTINGS: BucketSettings = {
  region: 'eu-west-1',
  ownedAsExpected: { value: true },
  firstKey: { value: 'a' },
  readable: { value: true },
  policy: { value: undefined },
  versioning: { value: 'Enabled' },
  lifecycle: { value: { rules: [] } },
  ownership: { value: 'BucketOwnerEnforced' },
  lockedDays: { value: undefined },
  encryption: { value: { algorithm: 'aws:kms', keyId: KEY } },
  keyState: { value: 'Enabled' },
  uploads: { value: [] },
  lock: { value: { unreadable: [], runs: [], holds: [] } },
  now: 0,
};

const SIDE = {
  prefix: '',
  awsOptions: ['--endpoint-url', 'https://s3.example.com', '--profile', 'me'],
  ownOptions: [],
};

function findingsOf(settings: Partial<BucketSettings>, more: Partial<BucketFacts> = {}, sent?: WrittenHeaders) {
  const source = { ...SIDE, side: 'source', bucket: 'from', settings: SETTINGS } as const;
  const to: BucketFacts = { ...SIDE, side: 'destination', bucket: 'to', settings: { ...SETTINGS, ...settings } };
  const destination = { ...to, ...more };
  return checkBuckets(source, destination, sent);
}

const find = (findings: ReturnType<typeof findingsOf>, name: string) =>
  findings.find(({ check }) => check === `destination.${name}`);

describe('the key of the destination', () => {
  it.each([
    ['Enabled', 'ok', undefined],
    ['Disabled', 'failure', `aws kms enable-key --key-id ${KEY} --profile me`],
    ['PendingDeletion', 'failure', `aws kms cancel-key-deletion --key-id ${KEY} --profile me`],
    ['NotFound', 'failure', `aws kms describe-key --key-id ${KEY} --profile me`],
    ['Unavailable', 'failure', `aws kms describe-key --key-id ${KEY} --profile me`],
  ])('that is %s is %s', (state, expected, command) => {
    const line = find(findingsOf({ keyState: { value: state } }), 'key');

    expect(line?.state).toBe(expected);
    expect(line?.commands?.[0]?.join(' ')).toBe(command);
  });

  it('is not asked about if S3 has a key of its own', () => {
    const own = { encryption: { value: { algorithm: 'AES256' } }, keyState: { value: undefined } };

    expect(find(findingsOf(own), 'key')).toMatchObject({ state: 'ok', says: expect.stringContaining('AES256') });
  });
});

it.each([
  [undefined, 'ok', 'no Object Lock'],
  [0, 'ok', 'Object Lock, but no version is locked by default'],
  [30, 'warning', 'Object Lock keeps each version for 30 days'],
])('Object Lock that keeps a version for %p days is %s', (days, state, says) => {
  const line = find(findingsOf({ lockedDays: { value: days } }), 'object-lock');

  expect(line).toMatchObject({ state, says: expect.stringContaining(says) });
});

describe('a lifecycle rule', () => {
  const ends = { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' } as const;
  const state = (rule: object, prefix = 'site/') =>
    find(findingsOf({ lifecycle: { value: { rules: [rule as never] } } }, { prefix }), 'upload-rule')?.state;

  it.each<[says: string, rule: object, state: string]>([
    ['of the whole bucket', { ...ends, Filter: { Prefix: '' } }, 'ok'],
    ['with an empty filter', { ...ends, Filter: {} }, 'ok'],
    ['of the old form', { ...ends, Prefix: '' }, 'ok'],
    ['of a folder around it', { ...ends, Filter: { Prefix: 'si' } }, 'ok'],
    ['of a folder in it', { ...ends, Filter: { Prefix: 'site/a/' } }, 'warning'],
    ['of objects with a tag', { ...ends, Filter: { Tag: { Key: 'a', Value: 'b' } } }, 'warning'],
    ['of large objects', { ...ends, Filter: { ObjectSizeGreaterThan: 1 } }, 'warning'],
    ['with several conditions', { ...ends, Filter: { And: { Prefix: '', Tags: [] } } }, 'warning'],
    ['that is disabled', { ...ends, Filter: { Prefix: '' }, Status: 'Disabled' }, 'warning'],
  ])('%s: %#', (_says, rule, expected) => {
    expect(state(rule)).toBe(expected);
  });

  it('keeps its minimum size when the command writes it again', () => {
    const lifecycle = { value: { rules: [], transitionDefault: 'varies_by_storage_class' } };
    const [command = []] = find(findingsOf({ lifecycle }), 'upload-rule')?.commands ?? [];

    expect(command.join(' ')).toContain('--transition-default-minimum-object-size varies_by_storage_class');
  });
});

describe('a policy', () => {
  const PLAIN: WrittenHeaders = { sse: undefined, sseKmsKeyId: undefined, acl: 'auto', storageClass: 'same' } as never;
  const judge = (name: string, statement: object, sent?: WrittenHeaders, more: Partial<BucketFacts> = {}) => {
    const whole = {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:PutObject',
      Resource: 'arn:aws:s3:::to/*',
      ...statement,
    };
    const policy = { value: JSON.stringify({ Statement: [whole] }) };
    return find(findingsOf({ policy }, more, sent), name)?.state;
  };
  const DEMANDS_KMS = { Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } } };

  it.each<[says: string, statement: object, sent: WrittenHeaders | undefined, state: string]>([
    ['a header that nobody knows of', DEMANDS_KMS, undefined, 'warning'],
    ['a header that the deployed mirror sends', DEMANDS_KMS, { ...PLAIN, sse: 'aws:kms' } as never, 'ok'],
    ['a header that it does not send', DEMANDS_KMS, PLAIN, 'failure'],
    ['another value than it sends', DEMANDS_KMS, { ...PLAIN, sse: 'AES256' } as never, 'failure'],
    [
      'a header to be there',
      { Condition: { Null: { 's3:x-amz-server-side-encryption': 'true' } } },
      { ...PLAIN, sse: 'AES256' } as never,
      'ok',
    ],
    [
      'a header only if it is there',
      { Condition: { StringNotEqualsIfExists: { 's3:x-amz-storage-class': 'STANDARD' } } },
      PLAIN,
      'ok',
    ],
    [
      'another class than it sends',
      { Condition: { StringEquals: { 's3:x-amz-storage-class': 'GLACIER' } } },
      { ...PLAIN, storageClass: 'GLACIER' } as never,
      'failure',
    ],
  ])('may demand %s: %#', (_says, statement, sent, state) => {
    expect(judge('policy-headers', statement, sent)).toBe(state);
  });

  it.each<[says: string, name: string, statement: object, state: string]>([
    ['of another folder', 'policy-denies', { Resource: 'arn:aws:s3:::to/logs/*' }, 'ok'],
    ['of a folder in it', 'policy-denies', { Resource: 'arn:aws:s3:::to/site/a/*' }, 'failure'],
    ['of all of the bucket', 'policy-denies', { Resource: '*' }, 'failure'],
    ['of what no run does', 'policy-denies', { Action: 's3:PutBucketPolicy', Resource: '*' }, 'ok'],
    ['of listing', 'policy-denies', { Action: 's3:List*', Resource: ['arn:aws:s3:::to'] }, 'failure'],
    ['of all but reading', 'policy-denies', { Action: undefined, NotAction: ['s3:Get*', 's3:List*'] }, 'failure'],
    ['that allows', 'policy-denies', { Effect: 'Allow' }, 'ok'],
    ['for one role', 'policy-denies', { Principal: { AWS: 'arn:aws:iam::111122223333:role/x' } }, 'warning'],
    ['for all but one role', 'policy-denies', { Principal: undefined, NotPrincipal: { AWS: 'x' } }, 'warning'],
    [
      'of writes without any condition',
      'policy-conditions',
      { Condition: { Null: { 's3:if-none-match': 'true', 's3:if-match': 'true' } } },
      'ok',
    ],
    ['of writes that replace', 'policy-conditions', { Condition: { Null: { 's3:if-none-match': true } } }, 'failure'],
    ['of writes that add', 'policy-conditions', { Condition: { Null: { 's3:if-match': 'true' } } }, 'failure'],
    ['without TLS', 'policy-tls', { Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }, 'ok'],
  ])('may have a statement %s: %#', (_says, name, statement, state) => {
    expect(judge(name, statement, undefined, { prefix: 'site/' })).toBe(state);
  });

  it.each(['', '{', 'null', '[]', '{"Statement":[null]}', '{"Statement":"x"}'])(
    'that is none is not taken for one that allows everything: %p',
    (text) => {
      const line = find(findingsOf({ policy: { value: text } }), 'policy-denies');
      expect(['unchecked', 'ok']).toContain(line?.state);
      if (text === '' || text === '{' || text.includes('[null]')) expect(line?.state).toBe('unchecked');
    },
  );
});
