import type { RequestInfo } from '../../../local/s3';
import type { SyncRequest } from '../../../statemachine/contract';
import { past, useMirror } from '../../support/mirror';
import { retryAtOnce } from '../../support/retries';

const mirror = useMirror();
retryAtOnce();

const ALLOW = '"Effect":"Allow"';

/** As S3 says it since 2024. */
function explicit(action: string, policy: string): string {
  return `User: arn:aws:iam::111122223333:user/u is not authorized to perform: ${action} on resource: "arn:aws:s3:::b/new" with an explicit deny in ${policy}`;
}

const isWrite = ({ operation }: RequestInfo) => /^(CreateMultipartUpload|CopyObject|UploadPartCopy)$/.test(operation);

function createPair(refuse: (request: RequestInfo) => boolean, message: string) {
  const pair = mirror.createPair();
  pair.source.put('new', 'x', { lastModified: past });
  const { authorize } = mirror.s3;
  mirror.s3.authorize = undefined; // the trials of an ACL take a permission that is deployed by `acls` alone
  restore = () => {
    mirror.s3.authorize = authorize;
  };
  mirror.s3.onRequest = (request) =>
    request.bucket === pair.destination.name && refuse(request)
      ? { status: 403, code: 'AccessDenied', message }
      : undefined;
  return pair;
}
let restore = () => {};
afterEach(() => restore());

describe('a policy that asks for a header of each write', () => {
  const header = (name: string) => (value: string | RegExp) => (request: RequestInfo) =>
    isWrite(request) && request.operation !== 'UploadPartCopy' && !new RegExp(value).test(request.headers[name] ?? '-');
  const sse = header('x-amz-server-side-encryption');
  const acl = header('x-amz-acl');
  const storageClass = header('x-amz-storage-class');
  const both =
    (one: (request: RequestInfo) => boolean, other: (request: RequestInfo) => boolean) => (request: RequestInfo) =>
      one(request) || other(request);

  it.each<[what: string, refuse: (request: RequestInfo) => boolean, option: string, fields: Partial<SyncRequest>]>([
    ['any encryption', sse(/AES256|aws:kms/), '`--sse AES256`', { sse: 'AES256' }],
    ['encryption by KMS', sse('aws:kms'), '`--sse aws:kms`', { sse: 'aws:kms' }],
    ['a storage class', storageClass('STANDARD_IA'), '`--storage-class STANDARD_IA`', { storageClass: 'STANDARD_IA' }],
    ['the ACL of the owner', acl('bucket-owner-full-control'), '`--acl bucket-owner-full-control`', { acl: 'auto' }],
    [
      'an encryption and the ACL',
      both(sse('aws:kms'), acl('bucket-owner-full-control')),
      '`--sse aws:kms` (`sse`) and `--acl bucket-owner-full-control`',
      { sse: 'aws:kms', acl: 'bucket-owner-full-control' },
    ],
  ])('is answered by the option that adds it: %s', async (_what, refuse, option, fields) => {
    const { input } = createPair(refuse, explicit('s3:PutObject', 'a resource-based policy'));

    // By itself a run would try the ACL, too.
    const { error, wrote } = await mirror.run({ ...input, acl: 'none' });

    expect({ name: error?.name, wrote }).toEqual({ name: 'AccessDeniedError', wrote: false });
    expect(error?.message).toContain(option);
    expect(error?.message).not.toContain(ALLOW);
    expect(await mirror.run({ ...input, ...fields })).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
  });

  it('is found even if the server does not say that it denies explicitly', async () => {
    const { input } = createPair(sse(/AES256/), 'Access Denied.');

    const { error } = await mirror.run(input);

    expect(error?.message).toContain('`--sse AES256`');
    expect(error?.message).not.toContain(ALLOW);
  });
});

it.each([
  ['a resource-based policy', 'the policy of the bucket'],
  ['an identity-based policy', "a policy of these credentials' own user or role"],
  ['a service control policy', 'a service control policy of the organization'],
  ['a resource control policy', 'a resource control policy of the organization'],
  ['a session policy', 'the policy that the session was started with'],
  ['a permissions boundary', 'the permissions boundary'],
  ['a VPC endpoint policy', 'the policy of the VPC endpoint'],
  ['an identity-based policy: arn:aws:iam::111122223333:policy/p', "a policy of these credentials' own user or role"],
])(
  'names the policy that denies a write if no header helps, and no statement that allows it: %s',
  async (policy, named) => {
    const { input } = createPair(isWrite, explicit('s3:PutObject', policy));

    const { error } = await mirror.run(input);

    expect(error?.message).toContain(`This is an explicit deny, in ${named}`);
    expect(error?.message).not.toContain(ALLOW);
  },
);

it.each<[what: string, operation: RegExp, action: string]>([
  ['to list', /^(HeadBucket|ListObjectsV2)$/, 's3:ListBucket'],
  ['to delete', /^DeleteObject$/, 's3:DeleteObject'],
])('does not advise to allow what is denied explicitly: %s', async (_what, operation, action) => {
  const { destination, input } = createPair(
    (request) => operation.test(request.operation),
    explicit(action, 'a resource-based policy'),
  );
  destination.put('orphan', 'x', { lastModified: past });

  const { error } = await mirror.run(input);

  expect(error).toMatchObject({ name: 'AccessDeniedError' });
  expect(error?.message).toContain('This is an explicit deny, in the policy of the bucket');
  expect(error?.message).not.toMatch(/"Effect":"Allow"|allow s3:/);
});

it('names TLS if the endpoint does not use it', async () => {
  const { input } = createPair(() => true, explicit('s3:ListBucket', 'a resource-based policy'));

  const { error } = await mirror.run(input);

  expect(error?.message).toContain('`aws:SecureTransport`');
  expect(error?.message).toContain('https://');
});

it('does not advise to allow the lock what is denied explicitly', async () => {
  mirror.overlooksLock = false;
  const { input } = createPair(
    ({ operation, key = '' }) => operation === 'PutObject' && key.startsWith('.bucketsync/'),
    explicit('s3:PutObject', 'a resource control policy'),
  );

  const { error } = await mirror.run(input);

  expect(error?.message).toContain('This is an explicit deny, in a resource control policy');
  expect(error?.message).toContain('`lock: "reports"`');
  expect(error?.message).not.toContain('allow s3:');
});

it('still names the statement that allows a write if no policy allows it yet', async () => {
  const { input } = createPair(
    isWrite,
    'User: arn:aws:iam::111122223333:user/u is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::b/new" because no identity-based policy allows the s3:PutObject action',
  );

  const { error } = await mirror.run(input);

  expect(error?.message).toContain(ALLOW);
});
