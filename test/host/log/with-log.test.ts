import type { Host } from '../../../lambdas/engine/ports/host';
import { lambdaHost } from '../../../lambdas/host/lambda-host';
import { hushRuntime } from '../../../lambdas/host/log/hush-runtime';
import type { LogSettings } from '../../../lambdas/host/log/task-log';
import { withLog } from '../../../lambdas/host/log/with-log';
import { ENVIRONMENT } from '../../../statemachine/contract';
import { ListingError } from '../../../statemachine/errors';
import { LOG_LEVELS, type LogLevel } from '../../../statemachine/log-levels';
import { temporaryFolder } from '../../support/temporary-folder';

const KEY = 'patients/miller.pdf';

Object.assign(process.env, {
  [ENVIRONMENT.reportLocation]: `file://${temporaryFolder()}`,
  [ENVIRONMENT.roundBudgetsMs]: '60000',
});

function collect(level: LogLevel) {
  const lines: Record<string, unknown>[] = [];
  const settings: LogSettings = { level, requestId: 'r-1', write: (line) => void lines.push({ ...line }) };
  const host = lambdaHost({ getRemainingTimeInMillis: () => 900_000 });
  const invoke = <T>(work: (host: Host) => T, input: unknown = {}) => withLog('CopyRange', input, host, settings, work);
  return { lines, settings, invoke, messages: () => lines.map(({ message }) => message) };
}

it('writes the beginning and the end of a Task, with its place in the run', async () => {
  const { lines, invoke } = collect('info');
  const run = { id: 'run-1', input: { destination: 'copy', destinationPrefix: 'site/' } };
  const input = { run, phase: { name: 'sync' }, round: 2, index: 7, share: { ranges: 40 }, tokens: [{ after: KEY }] };

  await invoke(() => ({ tokens: [{ after: KEY }], elapsedMs: 5, counters: { copied: 3, failed: 0 } }), input);

  const place = {
    ...{ timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/), requestId: 'r-1', task: 'CopyRange' },
    ...{ runId: 'run-1', mirror: 's3://copy/site', phase: 'sync', loop: 'copy', round: 2, range: 7, ranges: 40 },
  };
  expect(lines).toEqual([
    { ...place, level: 'INFO', message: 'Task begins' },
    {
      ...place,
      level: 'INFO',
      message: 'Task ended',
      durationMs: expect.any(Number),
      copied: 3,
      failed: 0,
      rangesLeft: 1,
    },
  ]);
});

it.each(LOG_LEVELS)('writes at level %s its own lines and those of graver levels', async (level) => {
  const { lines, invoke } = collect(level);

  await invoke(({ log }) => {
    for (const each of LOG_LEVELS) log?.(each, 'Something');
  });

  const written = lines.filter(({ message }) => message === 'Something').map((line) => line.level);
  expect(written).toEqual(LOG_LEVELS.slice(LOG_LEVELS.indexOf(level)).map((each) => each.toUpperCase()));
});

it('tells of an error its name and its place in the code, and the message at level debug only', async () => {
  const fail = () => {
    throw new TypeError(`Cannot read ${KEY}\n    at ${KEY}`);
  };
  const [info, debug] = [collect('info'), collect('debug')];

  await expect(info.invoke(fail)).rejects.toThrow(KEY);
  await expect(debug.invoke(fail)).rejects.toThrow(KEY);

  expect(info.lines.at(-1)).toMatchObject({ level: 'ERROR', message: 'Task failed', error: 'TypeError' });
  expect(info.lines.at(-1)?.at).toEqual(expect.arrayContaining([expect.stringContaining('with-log.test.ts')]));
  expect(JSON.stringify(info.lines)).not.toContain('miller');
  expect(debug.lines.at(-1)).toMatchObject({ level: 'DEBUG', details: `Cannot read ${KEY}\n    at ${KEY}` });
});

it('tells no place in the code if the message cannot be told from the trace', async () => {
  const { lines, invoke } = collect('info');
  const error = new Error(`No object\n    at ${KEY}`);
  error.message = 'shortened';

  await expect(invoke(() => Promise.reject(error))).rejects.toBe(error);

  expect(JSON.stringify(lines)).not.toContain('miller');
});

it('tells what S3 answered: its code, the status and the id of the request, unless they are other text', async () => {
  const { lines, invoke } = collect('info');
  const answer = (name: string, requestId: string) =>
    Object.assign(new Error(`Denied ${KEY}`), { name, $metadata: { httpStatusCode: 403, requestId } });

  await expect(
    invoke(() => Promise.reject(new ListingError(KEY, { cause: answer('AccessDenied', 'REQ1') }))),
  ).rejects.toThrow();
  await expect(invoke(() => Promise.reject(answer(`No ${KEY}`, KEY)))).rejects.toThrow();

  expect(lines.filter(({ message }) => message === 'Task failed')).toEqual([
    expect.objectContaining({ error: 'ListingError', code: 'AccessDenied', httpStatus: 403, s3RequestId: 'REQ1' }),
    expect.objectContaining({ error: 'Error', code: 'Error', httpStatus: 403 }),
  ]);
  expect(JSON.stringify(lines)).not.toContain('miller');
});

it('adds up failed objects and failed attempts: a line for each reason and code, not for each object', async () => {
  const { lines, settings } = collect('info');
  const byName = { SlowDown: 7, InternalError: 2 };
  const host = { ...lambdaHost({ getRemainingTimeInMillis: () => 900_000 }), failedAttempts: { count: 9, byName } };
  const line = {
    time: '',
    phase: 'sync',
    action: 'copy',
    outcome: 'failed',
    key: KEY,
    sizeBytes: 1,
    eTag: '',
  } as const;

  await withLog('CopyRange', {}, host, settings, async ({ onReported }) => {
    for (let count = 0; count < 1_000; count++) await onReported?.({ ...line, reason: 'access-denied', error: 'no' });
    await onReported?.({ ...line, reason: 'refused', error: 'no' });
    await onReported?.({ ...line, reason: 'missing' });
    byName.SlowDown = 30;
  });

  const told = lines.filter(({ message }) => !/^Task/.test(String(message)));
  expect(told).toEqual([
    expect.objectContaining({ level: 'WARN', message: 'Objects failed', reason: 'access-denied', objects: 1_000 }),
    expect.objectContaining({ level: 'WARN', message: 'Objects failed', reason: 'refused', objects: 1 }),
    expect.objectContaining({ level: 'INFO', message: 'Attempts of requests failed', code: 'SlowDown', attempts: 23 }),
  ]);
});

it('bounds the lines of a Task and their length, and still tells how it ended', async () => {
  const { lines, invoke, messages } = collect('debug');

  await invoke(({ log, onReported }) => {
    for (let count = 0; count < 10_000; count++)
      log?.('warn', 'The server does not answer', { details: 'x'.repeat(100_000) });
    for (let count = 0; count < 10_000; count++) {
      const failed = { time: '', phase: 'sync', action: 'copy', outcome: 'failed', sizeBytes: 1, eTag: '' } as const;
      void onReported?.({ ...failed, key: KEY, reason: `r${count}`, error: 'no' });
    }
  });

  expect(lines.length).toBeLessThan(140);
  expect(messages().at(-1)).toBe('Task ended');
  expect(Math.max(...lines.map((line) => JSON.stringify(line).length))).toBeLessThan(3_000);
});

it('fails no Task because its log cannot be written', async () => {
  const { settings } = collect('debug');
  const host = lambdaHost({ getRemainingTimeInMillis: () => 900_000 });
  const broken = {
    ...settings,
    write() {
      throw new Error('EPIPE');
    },
  };
  // half a character, which no URL can have
  const input = { run: { id: 'r', input: { destination: 'copy', destinationPrefix: '\ud800' } } };

  await expect(withLog('CopyRange', input, host, broken, () => input)).resolves.toBe(input);
  await expect(withLog('CopyRange', undefined, host, settings, () => undefined)).resolves.toBeUndefined();
});

describe('what the runtime of Lambda prints', () => {
  const { error: printed } = console;
  afterEach(() => {
    console.error = printed;
  });

  it('has no message of an error, and no error that the log has already', async () => {
    const { lines, settings, invoke, messages } = collect('info');
    hushRuntime(settings);
    const error = new ListingError(`Could not list after ${KEY}`);

    await invoke(() => Promise.reject(error)).catch((caught: unknown) => console.error(caught));
    console.error(new RangeError(`Nobody caught ${KEY}`));
    console.error('Something else about', KEY);

    expect(messages()).toEqual([
      ...['Task begins', 'Task failed', 'The runtime reports an error', 'The runtime reports an error'],
    ]);
    expect(lines[2]).toMatchObject({ level: 'ERROR', error: 'RangeError' });
    expect(JSON.stringify(lines)).not.toContain('miller');
  });
});
