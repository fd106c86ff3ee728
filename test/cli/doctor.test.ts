import { pathToFileURL } from 'node:url';
import {
  CreateMultipartUploadCommand,
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { type Bucket, type BucketOptions, type S3Server, startS3 } from '../../local/s3';
import { holdLock, LOCK_KEY, newHolder, putHolders } from '../support/lock-object';
import { connect } from '../support/s3-client';
import { temporaryFolder } from '../support/temporary-folder';
import { runCliHere } from './in-process';

const DAY_MS = 86_400_000;
const OWNER = '111122223333';
const OWNERS = ['--source-owner', OWNER, '--destination-owner', OWNER];

interface Line {
  readonly check: string;
  readonly about: string;
  readonly state: string;
  readonly says: string;
  readonly commands: readonly string[];
}

interface Diagnosis {
  readonly exitCode: number | null;
  readonly result: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly Line[];
}

let s3: S3Server;
let client: S3Client;
beforeAll(async () => {
  s3 = await startS3({ ownerId: OWNER });
  client = connect(s3.endpoint);
});
afterAll(() => s3.close());
afterEach(() => {
  s3.onRequest = undefined;
});

const GOOD_RULE: LifecycleRule = {
  ID: 'tidy',
  Status: 'Enabled',
  Filter: { Prefix: '' },
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
  NoncurrentVersionExpiration: { NoncurrentDays: 30 },
};

interface Pair {
  readonly source: Bucket;
  readonly destination: Bucket;
  readonly reports: string;
}

let pairs = 0;

/** Two buckets with which everything is all right. */
async function createPair(options: BucketOptions = {}): Promise<Pair> {
  const number = ++pairs;
  const source = s3.createBucket(`source-${number}`);
  const destination = s3.createBucket(`destination-${number}`, { versioning: 'Enabled', ...options });
  source.put('index.html', 'hello');
  await putRules(destination, [GOOD_RULE]);
  return { source, destination, reports: temporaryFolder() };
}

async function putRules({ name, region }: Bucket, Rules: LifecycleRule[]): Promise<void> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const own = new S3Client({ endpoint: s3.endpoint, region, credentials, forcePathStyle: true });
  await own.send(new PutBucketLifecycleConfigurationCommand({ Bucket: name, LifecycleConfiguration: { Rules } }));
}

async function putPolicy({ name }: Bucket, statement: object): Promise<void> {
  const whole = { Sid: 'Rule', Effect: 'Deny', Principal: '*', Resource: `arn:aws:s3:::${name}/*`, ...statement };
  await client.send(new PutBucketPolicyCommand({ Bucket: name, Policy: JSON.stringify({ Statement: whole }) }));
}

async function doctor({ source, destination, reports }: Pair, ...args: string[]): Promise<Diagnosis> {
  const places = [`s3://${source.name}`, `s3://${destination.name}`];
  const done = await runCliHere(s3, ['doctor', ...places, '--json', '--report-location', reports, ...args]);
  if (done.stdout === '') throw new Error(done.stderr);
  return { ...JSON.parse(done.stdout), exitCode: done.exitCode };
}

const statesOf = ({ findings }: Diagnosis) => Object.fromEntries(findings.map(({ check, state }) => [check, state]));

const lineOf = ({ findings }: Diagnosis, check: string): Line => {
  const [line, ...others] = findings.filter((finding) => finding.check === check);
  if (!line || others.length > 0) throw new Error(`Expected one line ${check}, got ${others.length + (line ? 1 : 0)}`);
  return line;
};

/** What is wrong: the only line that turns, what it says, and the command that mends it. */
interface Fault {
  readonly check: string;
  readonly state: 'warning' | 'failure' | 'unchecked';
  readonly says: RegExp;
  readonly command?: RegExp;
  readonly options?: BucketOptions;
  readonly args?: readonly string[];
  make?(pair: Pair): unknown;
}

const DENIED = { Action: 's3:PutObject' };
const PLAIN_RULE: LifecycleRule = { ...GOOD_RULE, NoncurrentVersionExpiration: undefined };

const FAULTS: readonly Fault[] = [
  {
    check: 'source.owner',
    state: 'failure',
    says: /^does not belong to account 999999999999/,
    args: ['--source-owner', '999999999999'],
    command: /^aws s3api get-bucket-acl --bucket source-/,
  },
  {
    check: 'destination.owner',
    state: 'failure',
    says: /correct the name of the bucket or --destination-owner/,
    args: ['--destination-owner', '999999999999'],
  },
  {
    check: 'source.reading',
    state: 'failure',
    says: /cannot be read: these credentials lack s3:GetObject/,
    make: ({ source }) => source.denied.add('s3:GetObject'),
    command: /^aws s3api head-object --bucket source-\d+ --key index\.html /,
  },
  {
    check: 'source.policy-denies',
    state: 'failure',
    says: /denies s3:GetObject to everybody \(statement Rule\)/,
    make: ({ source }) => putPolicy(source, { Action: ['s3:GetObject'] }),
    command: /^aws s3api get-bucket-policy --bucket source-\d+ --query Policy --output text /,
  },
  {
    check: 'source.policy-tls',
    state: 'failure',
    says: /demands TLS .*begins with http:/,
    make: ({ source }) =>
      putPolicy(source, { Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
  },
  {
    check: 'destination.versioning',
    state: 'warning',
    says: /^versioning is suspended/,
    options: { versioning: 'Suspended' },
    command: /^aws s3api put-bucket-versioning --bucket destination-\d+ --versioning-configuration Status=Enabled /,
  },
  {
    check: 'destination.versioning',
    state: 'warning',
    says: /^versioning is off/,
    options: { versioning: undefined as never },
  },
  {
    check: 'destination.upload-rule',
    state: 'warning',
    says: /no lifecycle rule ends unfinished uploads/,
    make: ({ destination }) => putRules(destination, [{ ...GOOD_RULE, AbortIncompleteMultipartUpload: undefined }]),
    command:
      /^aws s3api put-bucket-lifecycle-configuration .*--lifecycle-configuration '\{"Rules":\[\{.*"ID":"tidy".*end-unfinished-uploads/,
  },
  {
    check: 'destination.upload-rule',
    state: 'warning',
    says: /no lifecycle rule ends/,
    make: ({ destination }) =>
      putRules(destination, [
        { ...GOOD_RULE, AbortIncompleteMultipartUpload: undefined },
        { ...PLAIN_RULE, ID: 'off', Status: 'Disabled' },
        { ...PLAIN_RULE, ID: 'other', Filter: { Prefix: 'logs/' } },
      ]),
  },
  {
    check: 'destination.version-rule',
    state: 'warning',
    says: /former versions never expire/,
    make: ({ destination }) => putRules(destination, [PLAIN_RULE]),
    command: /"ID":"tidy".*"NoncurrentVersionExpiration":\{"NoncurrentDays":90\}/,
  },
  {
    check: 'destination.expiry',
    state: 'warning',
    says: /the lifecycle rule gone deletes current objects, and each run copies them again/,
    make: ({ destination }) =>
      putRules(destination, [
        GOOD_RULE,
        { ID: 'gone', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 30 } },
      ]),
    command: /'\{"Rules":\[\{(?!.*gone).*"ID":"tidy"[^\]]*\]\}'/,
  },
  {
    check: 'destination.uploads',
    state: 'warning',
    says: /an upload is unfinished since a week/,
    make: async ({ destination }) => {
      await client.send(new CreateMultipartUploadCommand({ Bucket: destination.name, Key: "it's" }));
      for (const upload of destination.uploads.values()) {
        Object.assign(upload, { initiated: new Date(Date.now() - 8 * DAY_MS) });
      }
    },
    command: /^aws s3api abort-multipart-upload --bucket destination-\d+ --key 'it'\\''s' --upload-id /,
  },
  {
    check: 'destination.uploads',
    state: 'warning',
    says: /an upload is unfinished since a week/,
    make: async ({ destination }) => {
      await client.send(new CreateMultipartUploadCommand({ Bucket: destination.name, Key: 'key' }));
      const [upload] = destination.uploads.values();
      if (!upload) throw new Error('Expected an upload');
      for (let index = 0; index < 1_000; index++) {
        const id = `${index}`.padStart(4, '0');
        destination.uploads.set(id, { ...upload, id, key: `a/${id}` });
      }
      // on the second page
      Object.assign(upload, { key: 'z', initiated: new Date(Date.now() - 8 * DAY_MS) });
    },
    command: /--key z --upload-id /,
  },
  {
    check: 'destination.ownership',
    state: 'warning',
    says: /Object Ownership is ObjectWriter/,
    options: { ownership: 'ObjectWriter' },
    command: /--ownership-controls 'Rules=\[\{ObjectOwnership=BucketOwnerEnforced\}\]'/,
  },
  {
    check: 'destination.key',
    state: 'unchecked',
    says: /set AWS_ENDPOINT_URL_KMS/,
    options: { encryption: { algorithm: 'aws:kms', kmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/one' } as never },
  },
  {
    check: 'destination.policy-tls',
    state: 'failure',
    says: /use https:/,
    make: ({ destination }) =>
      putPolicy(destination, { Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': false } } }),
  },
  {
    check: 'destination.policy-headers',
    state: 'warning',
    says: /without a header: run with --sse aws:kms/,
    make: ({ destination }) =>
      putPolicy(destination, {
        ...DENIED,
        Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } },
      }),
  },
  {
    check: 'destination.policy-headers',
    state: 'warning',
    says: /run with --acl bucket-owner-full-control/,
    make: ({ destination }) =>
      putPolicy(destination, {
        ...DENIED,
        Condition: { StringNotEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } },
      }),
  },
  {
    check: 'destination.policy-conditions',
    state: 'failure',
    says: /objects may only be added \(If-None-Match\), not replaced/,
    make: ({ destination }) =>
      putPolicy(destination, { ...DENIED, Condition: { Null: { 's3:if-none-match': 'true' } } }),
  },
  {
    check: 'destination.policy-denies',
    state: 'failure',
    says: /denies s3:DeleteObject to everybody/,
    make: ({ destination }) => putPolicy(destination, { Action: 's3:Delete*', Principal: { AWS: '*' } }),
  },
  {
    check: 'destination.policy-denies',
    state: 'warning',
    says: /denies .*s3:PutObject.* to some .*make sure that the run's role is not among them/,
    make: ({ destination }) =>
      putPolicy(destination, { NotAction: 's3:Get*', Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } } }),
  },
  {
    check: 'regions',
    state: 'warning',
    says: /copies go from us-east-1 to sa-east-1: on AWS, each GiB costs about \$0\.02 more/,
    options: { region: 'sa-east-1' },
  },
  {
    check: 'destination.lock',
    state: 'warning',
    says: /a run that keeps its reports elsewhere, since 2026-01-01T00:00:00Z, holds the lock: no run starts/,
    make: ({ destination }) => putHolders(destination, [newHolder({ folder: 'site/' })]),
    command: /^bucketsync unlock s3:\/\/destination-\d+\/site\/ --report-location /,
  },
  {
    check: 'destination.lock',
    state: 'warning',
    says: /has ended and still holds the lock: the next run takes it over/,
    make: ({ destination }) => putHolders(destination, [newHolder({ leaseMs: 1_000, writtenAt: Date.now() - DAY_MS })]),
  },
  {
    check: 'destination.lock',
    state: 'warning',
    says: /local:elsewhere:1:a, since .* has held the lock for \d+ d/,
    make: ({ destination, reports }) =>
      holdLock(destination, { executionId: 'local:elsewhere:1:a' }, pathToFileURL(reports).href),
  },
  {
    check: 'destination.lock',
    state: 'failure',
    says: /cannot be read, so no run starts/,
    make: ({ destination }) => destination.put(LOCK_KEY, 'what?'),
    command: /^bucketsync unlock s3:\/\/destination-\d+ --force --report-location /,
  },
  {
    check: 'destination.hold',
    state: 'warning',
    says: /^is held since .* \(audit until Friday\): no run writes there/,
    make: async ({ destination: { name }, reports }) => {
      const hold = ['hold', `s3://${name}/site`, '--reason', 'audit until Friday', '--report-location', reports];
      await runCliHere(s3, hold);
    },
    command: /^bucketsync release s3:\/\/destination-\d+\/site\/ --report-location /,
  },
  {
    check: 'source.reading',
    state: 'warning',
    says: /there is no object in s3:\/\/source-\d+, so a run/,
    make: ({ source }) => source.index.delete('index.html'),
    command: /^aws s3 ls s3:\/\/source-\d+ /,
  },
];

/** Of two buckets that are well. */
let wellStates: Record<string, string> | undefined;

describe('doctor, of two buckets', () => {
  it('says that all is well with buckets that are well', async () => {
    const diagnosis = await doctor(await createPair(), ...OWNERS);

    expect(diagnosis).toMatchObject({ exitCode: 0, result: 'ok', counts: { warning: 0, failure: 0, unchecked: 0 } });
    expect(diagnosis.counts.ok).toBe(diagnosis.findings.length);
  });

  it.each(FAULTS)('turns $check, and no other line, to $state: $says', async (fault) => {
    const { check, state, says, command, options, args = [], make } = fault;
    wellStates ??= statesOf(await doctor(await createPair(), ...OWNERS));
    const pair = await createPair(options);
    await make?.(pair);

    const after = await doctor(pair, ...OWNERS, ...args);

    expect(statesOf(after)).toEqual({ ...wellStates, [check]: state });
    expect(lineOf(after, check).says).toMatch(says);
    if (command) expect(lineOf(after, check).commands[0]).toMatch(command);
    expect(after.exitCode).toBe(state === 'failure' ? 1 : 0);
  });

  it('prints commands that can be run one after the other: none undoes the repair of another one', async () => {
    const pair = await createPair();
    await putRules(pair.destination, [
      { ...PLAIN_RULE, AbortIncompleteMultipartUpload: undefined, Expiration: { Days: 1 } },
    ]);

    for (const check of ['destination.upload-rule', 'destination.version-rule', 'destination.expiry']) {
      const [command = ''] = lineOf(await doctor(pair, ...OWNERS), check).commands;
      const { Rules } = JSON.parse(/--lifecycle-configuration '(.*?)' --/.exec(command)?.[1] ?? '{}');
      if (Rules) await putRules(pair.destination, Rules);
    }

    expect((await doctor(pair, ...OWNERS)).result).toBe('ok');
  });

  it('only reads: each request to a bucket is a HEAD or a GET', async () => {
    const pair = await createPair();
    const operations = new Set<string>();
    s3.onRequest = ({ operation }) => void operations.add(operation);

    await doctor(pair, ...OWNERS);

    expect([...operations].filter((operation) => !/^(Get|Head|List)/.test(operation))).toEqual([]);
    expect(operations.size).toBe(10);
  });

  it.each([
    ['destination.versioning', 's3:GetBucketVersioning', []],
    ['destination.upload-rule', 's3:GetLifecycleConfiguration', ['destination.version-rule', 'destination.expiry']],
    ['destination.ownership', 's3:GetBucketOwnershipControls', []],
    ['destination.object-lock', 's3:GetBucketObjectLockConfiguration', []],
    ['destination.key', 's3:GetEncryptionConfiguration', []],
    ['destination.uploads', 's3:ListBucketMultipartUploads', []],
    [
      'destination.policy-tls',
      's3:GetBucketPolicy',
      ['destination.policy-headers', 'destination.policy-conditions', 'destination.policy-denies'],
    ],
    ['destination.lock', 's3:GetObject', ['destination.hold']],
  ])('says that %s was not checked if %s is missing, never that it is well', async (check, action, others) => {
    const pair = await createPair({ deny: [action] });

    const diagnosis = await doctor(pair, ...OWNERS);

    const unchecked = diagnosis.findings.filter(({ state }) => state === 'unchecked').map((line) => line.check);
    expect(unchecked.toSorted()).toEqual([check, ...others].toSorted());
    expect(lineOf(diagnosis, check).says).toMatch(new RegExp(`^not checked: .*${action}`));
    expect(diagnosis).toMatchObject({ exitCode: 0, result: 'unchecked' });
  });

  it('works with a server that has none of these settings, and says that it does not tell', async () => {
    const pair = await createPair();
    const has = ['HeadBucket', 'ListObjectsV2', 'GetObject', 'HeadObject'];
    s3.onRequest = ({ operation }) =>
      has.includes(operation)
        ? undefined
        : { status: 501, code: 'NotImplemented', message: 'A header you provided implies' };

    const { findings, exitCode } = await doctor(pair, ...OWNERS);

    const untold = findings.filter(({ says }) => says.startsWith('not checked: this server does not tell'));
    expect(untold.map(({ check }) => check)).toHaveLength(14);
    expect(findings.filter(({ state }) => state === 'failure' || state === 'warning')).toEqual([]);
    expect(exitCode).toBe(0);
  });

  it('fails for a bucket that is not there, and checks nothing else of it', async () => {
    const pair = await createPair();
    const gone = { ...pair, destination: { name: 'not-there' } as Bucket };

    const diagnosis = await doctor(gone, ...OWNERS);

    expect(lineOf(diagnosis, 'destination.existence')).toMatchObject({
      state: 'failure',
      says: 'There is no bucket s3://not-there',
    });
    const others = diagnosis.findings.filter(
      ({ about, check }) => about === 's3://not-there' && !/existence/.test(check),
    );
    expect(new Set(others.map(({ state, says }) => `${state} ${says}`))).toEqual(
      new Set(['unchecked not checked: the bucket cannot be reached']),
    );
    expect(diagnosis.exitCode).toBe(1);
  });

  it('prints a line for each check, and the command below it, and counts them', async () => {
    const pair = await createPair({ versioning: 'Suspended', deny: ['s3:GetBucketPolicy'] });
    const { stdout, exitCode } = await runCliHere(s3, [
      ...['doctor', `s3://${pair.source.name}`, `s3://${pair.destination.name}`, ...OWNERS],
      ...['--source-owner', '999999999999'],
    ]);

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^s3:\/\/source-\d+\n {2}✓ existence: exists, in us-east-1\n {2}✗ owner: does not belong/);
    expect(stdout).toMatch(
      /\n {2}! versioning: versioning is suspended[^\n]*\n {6}aws s3api put-bucket-versioning --bucket /,
    );
    expect(stdout).toMatch(/\n {2}\? policy denies: not checked: these credentials lack s3:GetBucketPolicy/);
    expect(stdout).toMatch(/\n\n1 failure, 1 warning, 4 not checked, \d+ ok\n$/);
  });

  it('shows what others have written as text, never as a command to the terminal', async () => {
    const pair = await createPair();
    await putPolicy(pair.destination, { Sid: '\u001b[2Jgone\nwell', Action: 's3:DeleteObject' });
    const { stdout } = await runCliHere(s3, ['doctor', `s3://${pair.source.name}`, `s3://${pair.destination.name}`]);

    expect(stdout).toContain('\\u001b[2Jgone\\u000awell');
    expect(stdout).not.toContain('\u001b');
  });

  it.each<[args: string[], says: RegExp]>([
    [['s3://a-bucket'], /Expected a destination after s3:\/\/a-bucket/],
    [['s3://a-bucket', 'elsewhere'], /s3:\/\//],
    [['s3://a-bucket', 's3://a-bucket'], /a-bucket/],
    [['MyStack', '--stack', 'Other'], /Expected the stack as an argument or as --stack, got both/],
    [['s3://a-bucket', 's3://b-bucket', '--stack', 'Other'], /Expected a stack or two buckets, got both/],
    [['s3://a-bucket', 's3://b-bucket', '--source-owner', 'me'], /sourceOwner|source-owner/],
    [['s3://a-bucket', 's3://b-bucket', 's3://c-bucket'], /too many arguments/],
  ])('rejects %j as bad usage', async (args, says) => {
    const { exitCode, stderr } = await runCliHere(s3, ['doctor', ...args]);

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(says);
  });
});
