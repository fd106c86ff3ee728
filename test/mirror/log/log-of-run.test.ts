import { parseDeployedMirror } from '../../../statemachine/input/deployed-mirrors';
import { past } from '../../support/any-mirror';
import { useMemoryMirror } from '../../support/memory-mirror';

const mirror = useMemoryMirror();

type Line = Readonly<Record<string, unknown>>;

async function runLogged(input: object = {}, options: Parameters<typeof mirror.run>[1] = {}) {
  const pair = mirror.createPair();
  for (const key of ['a', 'b', 'c']) pair.source.put(key, 'x', { lastModified: past });
  const lines: Line[] = [];
  const log = { level: 'info', requestId: 'r-1', write: (line: object) => void lines.push(line as Line) } as const;
  const summary = await mirror.run({ ...pair.input, ...input }, { ...options, log });
  return { lines, summary, pair };
}

it('tells what became of the lock', async () => {
  const { lines, summary } = await runLogged();

  const ofLock = lines.filter(({ message }) => /lock/.test(String(message)));
  expect(ofLock.map(({ level, task, message }) => [level, task, message])).toEqual([
    ['INFO', 'ValidateInput', 'Took the lock'],
    ['INFO', 'FinishRun', 'Gave the lock back'],
  ]);
  expect(new Set(ofLock.map(({ lockId }) => lockId)).size).toBe(1);
  expect(new Set(lines.map(({ runId }) => runId))).toEqual(new Set([summary.runId]));
});

it('has two lines for each Task, however many objects there are', async () => {
  const tasks: string[] = [];
  const around: NonNullable<Parameters<typeof mirror.run>[1]>['around'] = (task, _input, invoke) => {
    tasks.push(task);
    return invoke();
  };
  const { lines } = await runLogged({}, { around });

  const ofTasks = lines.filter(({ message }) => /^Task /.test(String(message)));
  expect(ofTasks.map(({ task }) => task).sort()).toEqual([...tasks, ...tasks].sort());
  expect(lines).toHaveLength(2 * tasks.length + 2);
});

it('tells by which guard a run was held back, with the level by which one looks for it', async () => {
  const { lines } = await runLogged({ maxCost: 0.000_000_1 });

  const grave = lines.filter(({ level }) => level !== 'INFO').map(({ level, task, error }) => [level, task, error]);
  expect(grave).toEqual([
    ['WARN', 'ClosePhase', 'CostGuardError'],
    ['ERROR', 'FinishRun', 'CostGuardError'],
  ]);
});

it('tells that metrics could not be written: otherwise nothing explains the alarm on silence', async () => {
  const { input } = mirror.createPair();
  const metrics = {
    set: 'essential',
    publish() {
      throw new RangeError('EPIPE');
    },
  } as const;
  const { lines, summary } = await runLogged(input, { host: { metrics, mirrors: [parseDeployedMirror(input)] } });

  expect(summary.status).toBe('succeeded');
  expect(lines.filter(({ level }) => level === 'ERROR')).toEqual([
    expect.objectContaining({ message: 'The metrics of the run were not written', error: 'RangeError' }),
  ]);
});

it('tells that the lock could not be given back', async () => {
  mirror.overlooksLock = false;
  let isOver = false;
  mirror.s3.onRequest = ({ operation, key = '' }) =>
    isOver && key.startsWith('.bucketsync/') && operation !== 'GetObject'
      ? { status: 403, code: 'AccessDenied' }
      : undefined;
  const around: NonNullable<Parameters<typeof mirror.run>[1]>['around'] = (task, _input, invoke) => {
    isOver ||= task === 'FinishRun';
    return invoke();
  };
  const lines: Line[] = [];
  const log = { level: 'info', write: (line: object) => void lines.push(line as Line) } as const;
  await mirror.run(mirror.createPair().input, { around, log }).catch(() => undefined);

  expect(lines.find(({ message }) => message === 'The lock was not given back')).toMatchObject({
    level: 'ERROR',
    lockId: expect.any(String),
  });
});
