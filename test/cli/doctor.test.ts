import type { Bucket } from '../../local/s3';
import { lineOf, OWNERS, PLAIN_RULE, useDoctorPairs } from './doctor-pair';
import { runCliHere } from './in-process';

const pairs = useDoctorPairs();

describe('doctor, of two buckets', () => {
  it('says that all is well with buckets that are well', async () => {
    const diagnosis = await pairs.examine(await pairs.create(), ...OWNERS);

    expect(diagnosis).toMatchObject({ exitCode: 0, result: 'ok', counts: { warning: 0, failure: 0, unchecked: 0 } });
    expect(diagnosis.counts.ok).toBe(diagnosis.findings.length);
  });

  it('prints commands that can be run one after the other: none undoes the repair of another one', async () => {
    const pair = await pairs.create();
    await pairs.putRules(pair.destination, [
      { ...PLAIN_RULE, AbortIncompleteMultipartUpload: undefined, Expiration: { Days: 1 } },
    ]);

    for (const check of ['destination.upload-rule', 'destination.version-rule', 'destination.expiry']) {
      const [command = ''] = lineOf(await pairs.examine(pair, ...OWNERS), check).commands;
      const { Rules } = JSON.parse(/--lifecycle-configuration '(.*?)' --/.exec(command)?.[1] ?? '{}');
      if (Rules) await pairs.putRules(pair.destination, Rules);
    }

    expect((await pairs.examine(pair, ...OWNERS)).result).toBe('ok');
  });

  it('only reads: each request to a bucket is a HEAD or a GET', async () => {
    const pair = await pairs.create();
    const operations = new Set<string>();
    pairs.s3.onRequest = ({ operation }) => void operations.add(operation);

    await pairs.examine(pair, ...OWNERS);

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
    const pair = await pairs.create({ deny: [action] });

    const diagnosis = await pairs.examine(pair, ...OWNERS);

    const unchecked = diagnosis.findings.filter(({ state }) => state === 'unchecked').map((line) => line.check);
    expect(unchecked.toSorted()).toEqual([check, ...others].toSorted());
    expect(lineOf(diagnosis, check).says).toMatch(new RegExp(`^not checked: .*${action}`));
    expect(diagnosis).toMatchObject({ exitCode: 0, result: 'unchecked' });
  });

  it('works with a server that has none of these settings, and says that it does not tell', async () => {
    const pair = await pairs.create();
    const has = ['HeadBucket', 'ListObjectsV2', 'GetObject', 'HeadObject'];
    pairs.s3.onRequest = ({ operation }) =>
      has.includes(operation)
        ? undefined
        : { status: 501, code: 'NotImplemented', message: 'A header you provided implies' };

    const { findings, exitCode } = await pairs.examine(pair, ...OWNERS);

    const untold = findings.filter(({ says }) => says.startsWith('not checked: this server does not tell'));
    expect(untold.map(({ check }) => check)).toHaveLength(14);
    expect(findings.filter(({ state }) => state === 'failure' || state === 'warning')).toEqual([]);
    expect(exitCode).toBe(0);
  });

  it('fails for a bucket that is not there, and checks nothing else of it', async () => {
    const pair = await pairs.create();
    const gone = { ...pair, destination: { name: 'not-there' } as Bucket };

    const diagnosis = await pairs.examine(gone, ...OWNERS);

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
    const pair = await pairs.create({ versioning: 'Suspended', deny: ['s3:GetBucketPolicy'] });
    const { stdout, exitCode } = await runCliHere(pairs.s3, [
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
    const pair = await pairs.create();
    await pairs.putPolicy(pair.destination, { Sid: '\u001b[2Jgone\nwell', Action: 's3:DeleteObject' });
    const { stdout } = await runCliHere(pairs.s3, [
      'doctor',
      `s3://${pair.source.name}`,
      `s3://${pair.destination.name}`,
    ]);

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
    const { exitCode, stderr } = await runCliHere(pairs.s3, ['doctor', ...args]);

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(says);
  });
});
