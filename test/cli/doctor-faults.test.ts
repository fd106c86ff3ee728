import { pathToFileURL } from 'node:url';
import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3';
import type { BucketOptions } from '../../local/s3';
import { holdLock, LOCK_KEY, newHolder, putHolders } from '../support/lock-object';
import { GOOD_RULE, lineOf, OWNERS, type Pair, PLAIN_RULE, statesOf, useDoctorPairs } from './doctor-pair';
import { runCliHere } from './in-process';

const DAY_MS = 86_400_000;
const pairs = useDoctorPairs();

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
    make: ({ source }) => pairs.putPolicy(source, { Action: ['s3:GetObject'] }),
    command: /^aws s3api get-bucket-policy --bucket source-\d+ --query Policy --output text /,
  },
  {
    check: 'source.policy-tls',
    state: 'failure',
    says: /demands TLS .*begins with http:/,
    make: ({ source }) =>
      pairs.putPolicy(source, { Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
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
    make: ({ destination }) =>
      pairs.putRules(destination, [{ ...GOOD_RULE, AbortIncompleteMultipartUpload: undefined }]),
    command:
      /^aws s3api put-bucket-lifecycle-configuration .*--lifecycle-configuration '\{"Rules":\[\{.*"ID":"tidy".*end-unfinished-uploads/,
  },
  {
    check: 'destination.upload-rule',
    state: 'warning',
    says: /no lifecycle rule ends/,
    make: ({ destination }) =>
      pairs.putRules(destination, [
        { ...GOOD_RULE, AbortIncompleteMultipartUpload: undefined },
        { ...PLAIN_RULE, ID: 'off', Status: 'Disabled' },
        { ...PLAIN_RULE, ID: 'other', Filter: { Prefix: 'logs/' } },
      ]),
  },
  {
    check: 'destination.version-rule',
    state: 'warning',
    says: /former versions never expire/,
    make: ({ destination }) => pairs.putRules(destination, [PLAIN_RULE]),
    command: /"ID":"tidy".*"NoncurrentVersionExpiration":\{"NoncurrentDays":90\}/,
  },
  {
    check: 'destination.expiry',
    state: 'warning',
    says: /the lifecycle rule gone deletes current objects, and each run copies them again/,
    make: ({ destination }) =>
      pairs.putRules(destination, [
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
      await pairs.client.send(new CreateMultipartUploadCommand({ Bucket: destination.name, Key: "it's" }));
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
      await pairs.client.send(new CreateMultipartUploadCommand({ Bucket: destination.name, Key: 'key' }));
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
      pairs.putPolicy(destination, { Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': false } } }),
  },
  {
    check: 'destination.policy-headers',
    state: 'warning',
    says: /without a header: run with --sse aws:kms/,
    make: ({ destination }) =>
      pairs.putPolicy(destination, {
        ...DENIED,
        Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } },
      }),
  },
  {
    check: 'destination.policy-headers',
    state: 'warning',
    says: /run with --acl bucket-owner-full-control/,
    make: ({ destination }) =>
      pairs.putPolicy(destination, {
        ...DENIED,
        Condition: { StringNotEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } },
      }),
  },
  {
    check: 'destination.policy-conditions',
    state: 'failure',
    says: /objects may only be added \(If-None-Match\), not replaced/,
    make: ({ destination }) =>
      pairs.putPolicy(destination, { ...DENIED, Condition: { Null: { 's3:if-none-match': 'true' } } }),
  },
  {
    check: 'destination.policy-denies',
    state: 'failure',
    says: /denies s3:DeleteObject to everybody/,
    make: ({ destination }) => pairs.putPolicy(destination, { Action: 's3:Delete*', Principal: { AWS: '*' } }),
  },
  {
    check: 'destination.policy-denies',
    state: 'warning',
    says: /denies .*s3:PutObject.* to some .*make sure that the run's role is not among them/,
    make: ({ destination }) =>
      pairs.putPolicy(destination, {
        NotAction: 's3:Get*',
        Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } },
      }),
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
    says: /local:elsewhere:1:a, since .* has held the lock for \d+ [yd] /,
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
      await runCliHere(pairs.s3, hold);
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

it.each(FAULTS)('turns $check, and no other line, to $state: $says', async (fault) => {
  const { check, state, says, command, options, args = [], make } = fault;
  wellStates ??= statesOf(await pairs.examine(await pairs.create(), ...OWNERS));
  const pair = await pairs.create(options);
  await make?.(pair);

  const after = await pairs.examine(pair, ...OWNERS, ...args);

  expect(statesOf(after)).toEqual({ ...wellStates, [check]: state });
  expect(lineOf(after, check).says).toMatch(says);
  if (command) expect(lineOf(after, check).commands[0]).toMatch(command);
  expect(after.exitCode).toBe(state === 'failure' ? 1 : 0);
});
