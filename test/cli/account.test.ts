import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LinesDisplay } from '../../cli/output/progress/lines';
import { type S3Server, startS3 } from '../../local/s3';
import { past } from '../support/mirror';
import { startSts } from '../support/sts';
import { temporaryFolder } from '../support/temporary-folder';
import { runCli } from './command-line';

const HOOK = resolve(__dirname, '../support/connections.cjs');
/** A name of AWS that leads to this machine, in the process that is started. */
const OWN_HOST = 's3.eu-west-1.amazonaws.com';
const folder = temporaryFolder();
let s3: S3Server;
let sts: Awaited<ReturnType<typeof startSts>>;

beforeEach(async () => {
  [s3, sts] = await Promise.all([startS3(), startSts()]);
  s3.createBucket('source', { region: 'eu-west-1' }).put('a', 'x', { lastModified: past });
  s3.createBucket('destination', { region: 'eu-central-1' });
});
afterEach(() => Promise.all([s3.close(), sts.close()]));

/** @returns the line on screen before the first phase, the summary, and where it connected to */
async function run(command: string, endpoint: string, more: NodeJS.ProcessEnv = {}) {
  const file = join(folder, 'connections');
  writeFileSync(file, '');
  const env = { NODE_OPTIONS: `--require ${HOOK}`, CONNECTIONS_FILE: file, OWN_HOST, ...more };
  const ended = await runCli(undefined, [command, 's3://source', 's3://destination'], '', {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ENDPOINT_URL_STS: sts.endpoint,
    AWS_REGION: 'eu-west-1',
    ...env,
  });
  const places = new Set(readFileSync(file, 'utf8').split('\n').filter(Boolean));
  // A machine that is busy for seconds shows it without the account before.
  const firstLine = ended.stderr
    .split(/\n\d\d:\d\d:\d\d /)[0]
    ?.split('\n')
    .at(-1);
  return { ...ended, firstLine, places: [...places] };
}
const ofAws = () => `http://${OWN_HOST}:${s3.port}`;

it.each(['plan', 'run'])('says first, and in the summary, whose account it is: %s', async (command) => {
  const answered = Promise.withResolvers<void>();
  const { answer } = sts;
  sts.answer = (response) => {
    response.once('finish', answered.resolve);
    answer(response);
  };
  s3.onRequest = async () => void (await answered.promise);

  const { exitCode, firstLine, stdout } = await run(command, ofAws());

  expect({ exitCode, firstLine }).toEqual({
    exitCode: 0,
    firstLine: `s3://source → s3://destination (${ofAws()}, account 111122223333, eu-west-1)`,
  });
  expect(stdout).toContain('account 111122223333, eu-west-1 to eu-central-1');
  expect(sts.asked).toHaveLength(1);
});

it('leaves the account out without delay if STS does not answer', async () => {
  sts.answer = () => {};

  const { exitCode, firstLine, stdout } = await run('run', ofAws());

  expect({ exitCode, firstLine }).toEqual({
    exitCode: 0,
    firstLine: `s3://source → s3://destination (${ofAws()}, eu-west-1)`,
  });
  expect(stdout).not.toMatch(/, account /);
});

it('sends nothing to STS if the S3 is not AWS', async () => {
  const { exitCode, firstLine, places } = await run('run', s3.endpoint);

  expect({ exitCode, places, asked: sts.asked }).toEqual({ exitCode: 0, places: [`127.0.0.1:${s3.port}`], asked: [] });
  expect(firstLine).toBe(`s3://source → s3://destination (${s3.endpoint}, eu-west-1)`);
});

it.each([
  ['of the profile', '[default]\nregion = ap-south-1\n', 'ap-south-1'],
  ['of nobody, which is that where S3 is asked', '', 'us-east-1'],
])('says first which region is configured: that %s', async (_whose, config, region) => {
  const AWS_CONFIG_FILE = join(folder, 'config');
  writeFileSync(AWS_CONFIG_FILE, config);

  const { firstLine } = await run('plan', s3.endpoint, { AWS_REGION: undefined, AWS_CONFIG_FILE });

  expect(firstLine).toBe(`s3://source → s3://destination (${s3.endpoint}, ${region})`);
});

describe('the first line of a log', () => {
  const written: string[] = [];
  const display = (waitMs: number) => new LinesDisplay('a → b', waitMs, (line) => written.push(line));
  beforeEach(() => {
    written.splice(0);
    jest.useFakeTimers();
  });
  afterEach(() => jest.useRealTimers());

  it('appears at once if nothing more can be found out', () => {
    display(0);
    expect(written).toEqual(['a → b']);
  });

  it('waits for what is found out soon, and is written once', () => {
    const shown = display(2_000);
    shown.retitle('a → b (1)');
    jest.advanceTimersByTime(5_000);
    shown.end();
    expect(written).toEqual(['a → b (1)']);
  });

  it('waits no longer than that, and is written again if more is found out later', () => {
    const shown = display(2_000);
    jest.advanceTimersByTime(1_999);
    expect(written).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(written).toEqual(['a → b']);
    shown.retitle('a → b (1)');
    expect(written).toEqual(['a → b', 'a → b (1)']);
  });

  it.each([
    ['a note', (shown: ReturnType<typeof display>) => shown.note('n'), ['a → b', 'n']],
    ['the end', (shown: ReturnType<typeof display>) => shown.end(), ['a → b']],
  ])('comes before %s', (_what, say, lines) => {
    say(display(2_000));
    expect(written).toEqual(lines);
  });
});
