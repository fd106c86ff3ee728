import type { Host } from '../../../lambdas/engine/ports/host';
import { TASK_HANDLERS, type TaskName } from '../../../local/handlers';
import { contentsOf } from '../../support/contents';
import { everyNth } from '../../support/length';
import { type MirrorOptions, past, useMemoryMirror } from '../../support/memory-mirror';
import { roundsOf } from '../../support/rounds-of';

const mirror = useMemoryMirror();
const name = (index: number) => `k${String(index).padStart(3, '0')}`;

/** Something of everything: new, changed, equal, orphans; enough for several rounds of several ranges. */
function createPair() {
  const { source, destination, input } = mirror.createPair();
  for (let index = 0; index < 40; index++) source.put(name(index), `content ${index}`, { lastModified: past });
  for (let index = 30; index < 60; index++) destination.put(name(index), index % 3 ? `content ${index}` : 'outdated');
  return { source, destination, input: { ...input, verify: true } };
}

/** Walks stop as soon as they may, so that each loop has many rounds. */
const shortRounds: MirrorOptions = { pageSize: 10, host: { ...roundsOf(1), rangesAtOnce: 3 } };

type Fault = (done: boolean) => Error;
/** The process is gone: it calls nothing more, and its lock stays. */
const killed = () => Object.assign(new Error('killed'), { name: 'Killed' });
const refused = () => Object.assign(new Error('no'), { name: 'NotRetriedError' });
const lost = () => Object.assign(new Error('lost'), { name: 'Lambda.ServiceException' });

interface Moment {
  readonly task: TaskName;
  /** Which call of the Task, the first one is 1. */
  readonly call: number;
  /** Whether the Task has done its work when it fails. */
  readonly done: boolean;
}

/** Fails one call of a Task; after `killed` every later call too. */
function failAt(moment: Moment, fault: Fault): MirrorOptions & { readonly reached: () => boolean } {
  let calls = 0;
  let reached = false;
  const around: MirrorOptions['around'] = async (task, _input, invoke) => {
    if (reached && fault === killed) throw fault(false);
    if (task !== moment.task || ++calls !== moment.call) return invoke();
    reached = true;
    if (moment.done) await invoke();
    throw fault(moment.done);
  };
  return { ...shortRounds, around, reached: () => reached };
}

const TASKS = Object.keys(TASK_HANDLERS) as TaskName[];
const moments: [string, Moment][] = TASKS.flatMap((task) =>
  [1, 3].flatMap((call) =>
    [false, true].map((done): [string, Moment] => [
      `call ${call} of ${task}, ${done ? 'its work done' : 'before it began'}`,
      { task, call, done },
    ]),
  ),
);
/** Some are called once, or once in a phase. */
const exists = ({ task, call }: Moment) => call === 1 || !['ValidateInput', 'ClosePhase', 'FinishRun'].includes(task);
const rows = moments.filter(([, moment]) => exists(moment));

/** Starts the same input again, and once more: the first finishes the work, the second has nothing to do. */
async function expectToFinish({ source, destination, input }: ReturnType<typeof createPair>, host: Partial<Host> = {}) {
  const again = await mirror.run(input, { host });
  expect(again).toMatchObject({ status: 'succeeded', totals: { failed: 0 } });
  expect(contentsOf(destination)).toEqual(contentsOf(source));
  const third = await mirror.run(input);
  expect(third).toMatchObject({ status: 'succeeded', totals: { copied: 0, deleted: 0 } });
}

/** The lock of an execution that has ended is taken over; here it is this very process, which runs. */
const ended: Partial<Host> = { isRunning: async () => false };

it.each(everyNth(4, rows))(
  'finishes the work when it is started again after it was killed at %s',
  async (_what, moment) => {
    const pair = createPair();
    const options = failAt(moment, killed);

    await expect(mirror.run(pair.input, options)).rejects.toThrow();

    expect(options.reached()).toBe(true);
    await expectToFinish(pair, { ...shortRounds.host, ...ended });
  },
);

it.each(
  everyNth(
    3,
    rows.filter(([, { task }]) => task !== 'FinishRun'),
    1,
  ),
)(
  'ends failed, gives its lock back, and finishes when it is started again after an error at %s',
  async (_what, moment) => {
    const pair = createPair();
    const options = failAt(moment, refused);

    const failed = await mirror.run(pair.input, options);

    expect(options.reached()).toBe(true);
    expect(failed).toMatchObject({ status: 'failed', error: { name: 'NotRetriedError' } });
    const keepsItsLock = moment.task === 'ValidateInput' && moment.done; // which nobody knows of
    await expectToFinish(pair, keepsItsLock ? ended : {});
  },
);

it.each(everyNth(4, rows, 2))(
  'continues with the same input, as a retry and a redrive do, after %s was lost',
  async (_what, moment) => {
    const pair = createPair();
    const options = failAt(moment, lost);

    const summary = await mirror.run(pair.input, options);

    expect(options.reached()).toBe(true);
    expect(summary).toMatchObject({ status: 'succeeded', totals: { failed: 0 } });
    expect(contentsOf(pair.destination)).toEqual(contentsOf(pair.source));
  },
);
