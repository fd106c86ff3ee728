import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type S3Server, startS3 } from '../../local/s3';
import { findCommandLine } from '../support/built-command-line';
import { type Finished, finished } from '../support/cli-process';
import { LONGEST_WAIT_MS } from '../support/longest-wait';
import { past } from '../support/mirror';
import { startSts } from '../support/sts';
import { temporaryFolder } from '../support/temporary-folder';

const ROOT = resolve(__dirname, '../..');
const VENV = join(ROOT, '.venv/bin/python');
const PYTHON = existsSync(VENV) ? VENV : 'python3';
const SESSION = { accessKeyId: 'assumed', secretAccessKey: 'secret', sessionToken: 'session' };
const ASSUMED = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>assumed</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>session</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
const PROMPT = 'MFA code of arn:aws:iam::111122223333:mfa/device: ';
const CTRL_C = '\u0003';

let s3: S3Server;
let sts: Awaited<ReturnType<typeof startSts>>;
const folder = temporaryFolder();
const config = join(folder, 'config');
writeFileSync(
  config,
  [
    ...['[profile keys]', 'aws_access_key_id = test', 'aws_secret_access_key = test'],
    ...['[profile with-code]', 'role_arn = arn:aws:iam::111122223333:role/mirror', 'source_profile = keys'],
    ...['mfa_serial = arn:aws:iam::111122223333:mfa/device', 'region = us-east-1', ''],
  ].join('\n'),
);

beforeEach(async () => {
  s3 = await startS3({ credentials: [SESSION] });
  const source = s3.createBucket('source');
  for (let index = 0; index < 30; index++) source.put(`k${index}`, 'content', { lastModified: past });
  s3.createBucket('destination');
  sts = await startSts();
  sts.answer = (response) => void response.setHeader('content-type', 'text/xml').end(ASSUMED);
});
afterEach(async () => {
  await s3.close();
  sts.close();
});

/** Runs the command line on a terminal, and answers its question there. @returns all that the terminal showed */
function onTerminal(
  answer: string,
  columns = 80,
  { prompt = PROMPT, more = ['--profile', 'with-code'] } = {},
): Promise<Finished> {
  // where tests run by themselves, nobody is asked: here somebody sits at the terminal
  const commandLine = findCommandLine();
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS_|BUCKETSYNC_|CI$)/.test(name));
  const env = {
    ...Object.fromEntries(own),
    ...commandLine.env,
    ...{ AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: '/none', AWS_EC2_METADATA_DISABLED: 'true' },
    ...{ AWS_ENDPOINT_URL_S3: s3.endpoint, AWS_ENDPOINT_URL_STS: sts.endpoint, BUCKETSYNC_REPORT_LOCATION: folder },
  };
  const command = [process.execPath, ...commandLine.nodeArgs, 'run', 's3://source', 's3://destination'];
  const args = [join(__dirname, 'terminal.py'), String(columns), prompt.trim(), answer, ...command, ...more];
  return finished(spawn(PYTHON, args, { cwd: ROOT, env, timeout: LONGEST_WAIT_MS, killSignal: 'SIGKILL' }));
}

describe('the code of a profile with mfa_serial, on a terminal', () => {
  it.each([
    ['of 80 columns', 80],
    ['that does not know its width', 0],
  ])('%s, is asked for once, is not shown, and begins the one session of all threads', async (_what, columns) => {
    const { exitCode, stdout } = await onTerminal('123456\r', columns);

    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('copied') });
    expect(stdout.split(PROMPT)).toHaveLength(2);
    expect(stdout).not.toContain('123456');
    const sessions = sts.asked.map(({ body }) => new URLSearchParams(body)).filter((body) => body.has('TokenCode'));
    expect(sessions.map((body) => body.get('TokenCode'))).toEqual(['123456']);
    expect(s3.bucket('destination').index.size).toBe(30);
  });

  it('may be corrected before it is sent', async () => {
    const finished = await onTerminal('12345\u007f\u007f456\r');

    expect(finished).toMatchObject({ exitCode: 0 });
    expect(sts.asked.map(({ body }) => new URLSearchParams(body).get('TokenCode'))).toContain('123456');
  });

  it('may be left out by Ctrl-C: nothing is asked, and the terminal is as before', async () => {
    const { exitCode, stdout } = await onTerminal(CTRL_C);

    expect(exitCode).not.toBe(0);
    expect(stdout.split(PROMPT)).toHaveLength(2);
    expect(sts.asked).toEqual([]);
    expect(s3.bucket('destination').index.size).toBe(0);
  });
});

describe('the question before deletes and overwrites, on a terminal', () => {
  const prompt = 'Continue? [y/N] ';
  const answer = (typed: string, more: string[] = [], columns = 80) =>
    onTerminal(typed, columns, { prompt, more: ['--profile', 'keys', '--plan', ...more] });
  const orphans = () => [...s3.bucket('destination').index.after('')].filter(({ key }) => key.startsWith('orphan'));

  beforeEach(() => {
    s3.credentials = [{ accessKeyId: 'test', secretAccessKey: 'test' }];
    for (let index = 0; index < 12; index++) s3.bucket('destination').put(`orphan-${index}`, 'x');
    s3.bucket('destination').put('k0', 'former', { lastModified: past });
  });

  it.each([
    ['of 80 columns', 80],
    ['that does not know its width', 0],
  ])('%s, comes after the plan and before the first write, and y goes on', async (_what, columns) => {
    const { exitCode, stdout } = await answer('y\r', [], columns);

    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('Mirrored in') });
    expect(stdout).toMatch(
      /The run will overwrite 1 object and delete 12 in s3:\/\/destination\/\.\r?\nContinue\? \[y\/N\] yes/,
    );
    expect(stdout.split('Continue?')).toHaveLength(2);
    expect(stdout).toMatch(/deleted +12 +12 B/);
    expect(stdout).toContain('- "orphan-0"');
    expect(orphans()).toEqual([]);
  });

  it.each([
    ['n', 'n\r', 1, 'NotConfirmedError'],
    ['Enter', '\r', 1, 'NotConfirmedError'],
    ['Ctrl-C', CTRL_C, 130, 'InterruptedError'],
    ['Ctrl-D', '\u0004', 1, 'NotConfirmedError'],
  ])(
    'ends the run if the answer is %s: nothing is written, and the lock is given back',
    async (_what, typed, code, error) => {
      const { exitCode, stdout } = await answer(typed);

      expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: expect.stringContaining(error) });
      expect(stdout).toContain('nothing was written');
      expect(orphans()).toHaveLength(12);
      expect(s3.bucket('destination').index.size).toBe(13);
    },
  );

  it('is left out with --yes', async () => {
    const { exitCode, stdout } = await answer('', ['--yes']);

    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.not.stringContaining('Continue?') });
    expect(orphans()).toEqual([]);
  });
});
