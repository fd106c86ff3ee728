import { type S3Server, startS3 } from '../../local/s3';
import type { RunSummary } from '../../statemachine/contract';
import { everyNth } from '../support/length';
import { runCli } from './cli-at-length';
import { writeRequests } from './command-line';

describe('a run that cannot be done', () => {
  let s3: S3Server;
  beforeEach(async () => {
    s3 = await startS3();
    s3.createBucket('my-source').put('a key', 'its content');
    s3.createBucket('my-destination').put('an orphan', 'its content');
    s3.createBucket('empty');
  });
  afterEach(() => s3.close());

  const refusals: [errorName: string, what: string, arrange: () => void, source: string, destination: string][] = [
    ['BucketNotFoundError', 'a source that does not exist', () => {}, 's3://nowhere', 's3://my-destination'],
    ['BucketNotFoundError', 'a destination that does not exist', () => {}, 's3://my-source', 's3://nowhere'],
    [
      'AccessDeniedError',
      'a source that may not be listed',
      () => deny('my-source'),
      's3://my-source',
      's3://my-destination',
    ],
    [
      'AccessDeniedError',
      'a destination that may not be listed',
      () => deny('my-destination'),
      's3://my-source',
      's3://my-destination',
    ],
    ['SourceEmptyError', 'an empty source and a full destination', () => {}, 's3://empty', 's3://my-destination'],
  ];
  it.each(everyNth(2, refusals))(
    'ends with %s and no write request: %s',
    async (errorName, _what, arrange, source, destination) => {
      arrange();

      const { exitCode, stdout } = await runCli(s3, ['run', source, destination, '--json']);

      const summary = JSON.parse(stdout) as RunSummary;
      expect(summary).toMatchObject({ status: 'failed', error: { name: errorName } });
      expect({ exitCode, writes: writeRequests(s3) }).toEqual({ exitCode: 1, writes: 0 });
    },
  );

  it('says what is wrong and what to do', async () => {
    const { exitCode, stdout, stderr } = await runCli(s3, ['run', 's3://nowhere', 's3://my-destination']);

    expect(exitCode).toBe(1);
    expect(stdout).toContain('✖ The run failed');
    expect(stdout).toContain('BucketNotFoundError: ');
    expect(stdout).toContain('s3://nowhere');
    expect(stdout).toContain('What to do: Check both names');
    expect(stdout + stderr).not.toContain('    at ');
  });

  it('says how to log in if there are no credentials', async () => {
    const { exitCode, stdout } = await runCli(s3, ['run', 's3://my-source', 's3://my-destination'], '', {
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    });

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/CredentialsProviderError: Could not ask S3 for s3:.*\nWhat to do: Log in/);
  });

  const reasons: [status: number, code: string, says: string][] = [
    [400, 'ExpiredToken', 'ExpiredToken: Could not ask S3 for s3://my-source: The provided token has expired.'],
    [403, 'InvalidAccessKeyId', 'InvalidAccessKeyId: Could not ask S3 for s3://my-source: The key does not exist.'],
    [403, 'SignatureDoesNotMatch', 'SignatureDoesNotMatch: Could not ask S3 for s3://my-source: The secret is wrong.'],
    [403, 'AccessDenied', 'AccessDeniedError: S3 refused access to s3://my-source (403): allow s3:ListBucket'],
  ];
  it.each(everyNth(2, reasons))(
    'gives the reason that S3 has for %d %s, which the answer to a HEAD lacks',
    async (status, code, says) => {
      const message = says.replace(/^.*my-source: /, '');
      s3.onRequest = ({ bucket }) => (bucket === 'my-source' ? { status, code, message } : undefined);

      const { exitCode, stdout } = await runCli(s3, ['run', 's3://my-source', 's3://my-destination']);

      expect(exitCode).toBe(1);
      expect(stdout).toContain(says);
    },
  );

  it('shows the answer of a server that gives no reason', async () => {
    s3.onRequest = () => ({ status: 418, code: '' });

    const { stdout } = await runCli(s3, ['run', 's3://my-source', 's3://my-destination']);

    expect(stdout).toMatch(/Could not ask S3 for s3:\/\/my-\w+: the answer gives no reason \(HTTP 418/);
  });

  it('names the objects that could not be copied', async () => {
    s3.onRequest = ({ operation, key }) =>
      operation === 'CopyObject' && key === 'a key' ? { status: 403, code: 'AccessDenied' } : undefined;

    const { exitCode, stdout } = await runCli(s3, ['run', 's3://my-source', 's3://my-destination']);

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /SyncIncompleteError: 1 object could not be copied; all others were\n {2}1 {2}access-denied: .*\n {5}"a key"\nWhat to do: Remove the reasons, then try these objects again\.\n {2}Only these objects:\n {4}bucketsync retry [\da-f]{8}\n {2}Each of them:\n {4}bucketsync report [\da-f]{8} --lines failures\n$/,
    );
  });

  it('shows control characters as codes: in a key, in the name of a folder', async () => {
    const key = 'x\u009b31m\u001b[32m\u007f\u202ey\n\u00fc';
    s3.bucket('my-source').put(`\u009b8m/${key}`, 'x');
    s3.onRequest = ({ operation }) => (operation === 'CopyObject' ? { status: 403, code: 'AccessDenied' } : undefined);

    const { stdout, stderr } = await runCli(s3, ['run', 's3://my-source/\u009b8m', 's3://my-destination']);
    s3.bucket('my-destination').put('an orphan', 'its content');
    const refused = await runCli(s3, ['run', 's3://my-source/\u001b[8m', 's3://my-destination']);

    expect(stdout).toContain('  "x\\u009b31m\\u001b[32m\\u007f\\u202ey\\n\u00fc"\n');
    expect(stderr).toContain('s3://my-source/\\u009b8m \u2192 s3://my-destination (');
    expect(refused.stdout).toContain('SourceEmptyError: s3://my-source/\\u001b[8m/ is empty');
    expect(stdout + stderr + refused.stdout + refused.stderr).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u);
  });

  function deny(bucket: string): void {
    s3.bucket(bucket).denied.add('s3:ListBucket');
  }
});
