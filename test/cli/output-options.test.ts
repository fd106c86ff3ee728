import { PassThrough } from 'node:stream';
import { stripVTControlCharacters, styleText } from 'node:util';
import { displayMode } from '../../cli/output/progress/create-display';
import { fit, linesOf } from '../../cli/output/progress/fit';
import { jsonDisplay } from '../../cli/output/progress/json';
import { LineSender } from '../../local/line-channel';
import type { Progress } from '../../local/progress';
import { emptyCounters, type ReportLine } from '../../statemachine/contract';
import { past, useMirror } from '../support/mirror';
import { runCli } from './cli-at-length';

const mirror = useMirror();

function createPair() {
  const { source, destination } = mirror.createPair();
  for (const key of ['a', 'b', 'c\n', 'same']) source.put(key, key, { lastModified: past });
  for (const key of ['same', 'orphan']) destination.put(key, key);
  destination.put('b', 'old', { lastModified: past });
  mirror.s3.onRequest = ({ operation, key }) =>
    operation === 'CopyObject' && key === 'a' ? { status: 403, code: 'AccessDenied' } : undefined;
  return [`s3://${source.name}`, `s3://${destination.name}`];
}

describe('the options for what a run shows', () => {
  it('print with -v each action as it happens, and nothing that is only planned', async () => {
    const { stderr, stdout } = await runCli(mirror.s3, ['run', ...createPair(), '-v']);

    const actions = stderr.split('\n').filter((line) => /^[+~=✖-] /u.test(line));
    expect(actions.sort()).toEqual([
      '+ "c\\n"',
      '- "orphan"',
      expect.stringMatching(/^~ "b" \(/),
      expect.stringMatching(/^✖ "a" \(copy, access-denied\): AccessDenied/),
    ]);
    expect(stdout).toMatch(/^ *plan +copy +4 /m);
  });

  it('print no line that is meant for CloudWatch, whatever the environment says', async () => {
    const more = { BUCKETSYNC_LOG_LEVEL: 'debug', BUCKETSYNC_METRICS: 'all' };
    const { stdout, stderr } = await runCli(mirror.s3, ['run', ...createPair(), '-v', '--json'], '', more);

    expect(JSON.parse(stdout)).toMatchObject({ status: 'failed' });
    expect(stderr).not.toMatch(/Task begins|CloudWatchMetrics/);
  });

  it('print with -q nothing but errors', async () => {
    const urls = createPair();
    const failed = await runCli(mirror.s3, ['run', ...urls, '-q']);
    mirror.s3.onRequest = undefined;
    const run = await runCli(mirror.s3, ['run', ...urls, '-q']);
    const check = await runCli(mirror.s3, ['check', ...urls, '--quiet', '--exit-code']);

    expect(failed).toMatchObject({ exitCode: 1, stderr: '', stdout: expect.stringContaining('SyncIncompleteError') });
    expect(run).toEqual({ exitCode: 0, stderr: '', stdout: '' });
    expect(check.stdout).toBe('');
  });

  it('print with --json-lines events, of which the last one is the summary, and no other text', async () => {
    const { stdout, stderr, exitCode } = await runCli(mirror.s3, ['run', ...createPair(), '--json-lines', '-v']);

    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 1 });
    expect(events.every(({ type, time }) => typeof type === 'string' && Date.parse(time) > 0)).toBe(true);
    expect([events[0]?.type, events.at(-1)?.type]).toEqual(['begin', 'summary']);
    expect(events[0]?.runId).toBe(events.at(-1)?.summary.runId);
    const progress = events.filter(({ type }) => type === 'progress');
    expect(progress.map(({ phase }) => phase)).toEqual(expect.arrayContaining(['plan', 'sync']));
    expect(progress.at(-1)).toMatchObject({ planned: { copies: 3, deletes: 1 } });
    const keys = events.filter(({ type }) => type === 'action').map(({ key, outcome }) => [key, outcome]);
    expect(keys.sort()).toEqual([
      ['a', 'failed'],
      ['b', 'done'],
      ['c\n', 'done'],
      ['orphan', 'done'],
    ]);
  });

  it('print with --json-lines an error that comes before a run', async () => {
    const { stdout, exitCode } = await runCli(mirror.s3, [
      'run',
      ...createPair(),
      '--max-deletes',
      'x',
      '--json-lines',
    ]);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'error', error: { name: 'InvalidInputError' } });
  });

  it('show progress beside one document only if somebody asks for it', async () => {
    const { stdout, stderr } = await runCli(mirror.s3, ['plan', ...createPair(), '--json', '--progress', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'succeeded' });
    const types = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).type);
    expect(types).toEqual(expect.arrayContaining(['begin', 'progress']));
  });

  it('leave a warning on the last line, with -q as well, and --strict makes it an error before the first write', async () => {
    const urls = createPair();
    mirror.s3.onRequest = undefined;
    const args = [...urls, '--exclude', 'drafts/**'];
    const strict = await runCli(mirror.s3, ['run', ...args, '--strict']);
    const plan = await runCli(mirror.s3, ['plan', ...args]);
    const quiet = await runCli(mirror.s3, ['run', ...args, '-q']);

    const warning = '`--exclude` "drafts/**" matches no key';
    expect(plan).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/\nWarning: .*\n$/) });
    expect(plan.stdout).toContain(`Warning: ${warning}\n`);
    expect(quiet).toEqual({ exitCode: 0, stdout: '', stderr: `Warning: ${warning}\n` });
    expect(strict).toMatchObject({ exitCode: 1, stdout: expect.stringContaining(`StrictError: ${warning}`) });
    expect(strict.stdout).toContain('nothing was written');
  });

  it('may not ask for two kinds of output at once', async () => {
    expect(await runCli(mirror.s3, ['run', ...createPair(), '--json', '--json-lines'])).toMatchObject({ exitCode: 2 });
  });
});

describe('without --progress', () => {
  const { stderr } = process;
  const [ci, term] = [process.env.CI, process.env.TERM];
  afterEach(() => {
    Object.defineProperty(process, 'stderr', { value: stderr });
    for (const [name, value] of Object.entries({ CI: ci, TERM: term })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it.each([
    [{ isTTY: true, columns: 80 }, {}, {}, 'live'],
    [{ isTTY: true, columns: 80 }, { CI: 'false' }, {}, 'live'],
    [{ isTTY: true, columns: 80 }, { CI: 'true' }, {}, 'lines'],
    [{ isTTY: true, columns: 80 }, { CI: 'true' }, { progress: 'live' }, 'live'],
    [{ isTTY: true, columns: 0 }, {}, {}, 'lines'],
    [{ isTTY: true, columns: 80 }, { TERM: 'dumb' }, { progress: 'live' }, 'lines'],
    [{ isTTY: false, columns: 80 }, {}, {}, 'lines'],
    [{ isTTY: false }, {}, { progress: 'live' }, 'lines'],
    [{ isTTY: true, columns: 80 }, {}, { json: true }, 'quiet'],
    [{ isTTY: true, columns: 80 }, {}, { json: true, progress: 'lines' }, 'lines'],
    [{ isTTY: true, columns: 80 }, {}, { quiet: true, progress: 'lines' }, 'quiet'],
    [{ isTTY: true, columns: 80 }, {}, { progress: 'none' }, 'quiet'],
    [{ isTTY: true, columns: 80 }, {}, { jsonLines: true, progress: 'none' }, 'events'],
  ] as const)('%j with %j and %j shows %s', (stream, env, options, expected) => {
    Object.defineProperty(process, 'stderr', { value: Object.assign(new PassThrough(), stream), configurable: true });
    for (const [name, value] of Object.entries({ CI: '', TERM: 'xterm', ...env })) process.env[name] = value;
    expect(displayMode(options)).toBe(expected);
  });
});

describe('a line of a terminal', () => {
  const red = (text: string) => styleText('red', text, { validateStream: false });

  it.each([
    ['short', 80, 'short'],
    ['exactly', 7, 'exact…'],
    [`${red('coloured')} text`, 6, 'colo…'],
    ['漢字漢字漢字', 6, '漢字…'],
  ])('%j is cut to %i columns, so that it does not wrap', (line, columns, expected) => {
    expect(stripVTControlCharacters(fit(line, columns))).toBe(expected);
  });

  it('keeps the codes that end its colours', () => {
    expect(fit(red('coloured'), 5)).toBe(red('col…'));
  });

  it('takes several lines of a narrower terminal', () => {
    expect(linesOf(`12345678\n\n${red('1234')}`, 4)).toBe(4);
  });
});

describe('events for programs', () => {
  it('come each second, with all known fields', () => {
    jest.useFakeTimers({ now: 0 });
    try {
      const written: object[] = [];
      const display = jsonDisplay((event) => written.push(event));
      const loop = { round: 1, running: 1, counters: { ...emptyCounters(), listed: 9, copied: 5 }, inFlight: 2 };
      const progress: Progress = { phase: 'sync', copy: loop, delete: { ...loop, inFlight: 0 }, plan: { copies: 10 } };
      for (let tick = 0; tick < 30; tick++) {
        display.update(progress);
        jest.advanceTimersByTime(100);
      }
      display.end();
      expect(written).toHaveLength(4);
      expect(written[0]).toMatchObject({ type: 'progress', phase: 'sync', copied: 5, inFlight: 2, percent: 50 });
      expect(written[0]).not.toHaveProperty('perSecond');
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('the lines of threads that are faster than the screen', () => {
  it('wait, so that they never fill the memory', async () => {
    const unseen = new Int32Array(new SharedArrayBuffer(4));
    let sent = 0;
    const sender = new LineSender(unseen, (lines) => {
      sent += lines.length;
    });
    const add = () => sender.add({ key: 'k' } as ReportLine);
    for (let line = 1; line < 2_000; line++) expect(add()).toBeUndefined();
    const waiting = add();
    expect({ sent, waits: waiting instanceof Promise }).toEqual({ sent: 2_000, waits: true });
    Atomics.sub(unseen, 0, sent);
    await waiting;
    expect(add()).toBeUndefined();
    sender.flush();
    expect(sent).toBe(2_001);
  });
});
