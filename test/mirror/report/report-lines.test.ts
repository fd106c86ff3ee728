import type { PhaseEnd, ReportLine, RunSummary } from '../../../statemachine/contract';
import { past, useMemoryMirror } from '../../support/memory-mirror';
import { everyLine, reportLines } from '../../support/report-lines';

const mirror = useMemoryMirror();

/** Three objects to copy, two orphans. */
function createPair() {
  const pair = mirror.createPair();
  for (const key of ['a', 'b', 'c/d']) pair.source.put(key, 'x', { lastModified: past });
  for (const key of ['orphan 1', 'orphan 2']) pair.destination.put(key, 'x');
  return pair;
}

/** `sync done copy a`, in order. */
function shortLines(summary: RunSummary): string[] {
  const describe = ({ phase, outcome, action, key }: ReportLine) => `${phase} ${outcome} ${action} ${key}`;
  return [...everyLine(summary, 'actions'), ...everyLine(summary, 'failures')].map(describe).sort();
}

const lines = (start: string, keys: readonly string[]) => keys.map((key) => `${start} ${key}`);
const OBJECTS = ['a', 'b', 'c/d'];
const ORPHANS = ['orphan 1', 'orphan 2'];
const PLANNED = [...lines('plan planned copy', OBJECTS), ...lines('plan planned delete', ORPHANS)];

it('says of a dry run that everything was planned and nothing done', async () => {
  const { input } = createPair();
  const summary = await mirror.run({ ...input, dryRun: true });
  expect(shortLines(summary)).toEqual(PLANNED);
});

it('says that deletes were planned if a guard forbids them', async () => {
  const { input, destination } = createPair();
  const summary = await mirror.run({ ...input, maxDeletes: 1 });
  expect(summary.error?.name).toBe('DeleteGuardError');
  expect(shortLines(summary)).toEqual(PLANNED);
  expect(destination.index.size).toBe(2);
});

it('distinguishes what a plan found from what was done after it', async () => {
  const { input } = createPair();
  const summary = await mirror.run({ ...input, maxDeletes: 2, mode: 'publish' });
  expect(shortLines(summary)).toEqual([
    ...lines('assets done copy', OBJECTS),
    ...lines('deletes done delete', ORPHANS),
    ...PLANNED,
  ]);
});

it('does not report a difference that verify finds as a copy, or an orphan as a delete', async () => {
  const { input, source, destination } = createPair();
  const summary = await mirror.run(
    { ...input, verify: true },
    {
      around: async (task, taskInput, invoke) => {
        const result = await invoke();
        if (task === 'ClosePhase' && (taskInput as PhaseEnd).phases[0]?.name === 'sync') {
          source.put('b', 'changed since');
          destination.put('left', 'x');
        }
        return result;
      },
    },
  );
  expect(summary.error?.name).toBe('DriftError');
  expect(shortLines(summary)).toEqual([
    ...PLANNED,
    ...lines('sync done copy', OBJECTS),
    ...lines('sync done delete', ORPHANS),
    ...lines('verify differs compare', ['b', 'left']),
  ]);
});

it('says for each failure in which phase it happened', async () => {
  const { input } = createPair();
  mirror.s3.onRequest = ({ operation, key }) =>
    operation === 'CopyObject' && key === 'b' ? { status: 403, code: 'AccessDenied' } : undefined;
  const summary = await mirror.run({ ...input, delete: false });
  expect(shortLines(summary)).toEqual([
    ...lines('plan planned copy', OBJECTS),
    ...lines('sync done copy', ['a', 'c/d']),
    'sync failed copy b',
  ]);
});

it('dates each line with the moment of its own outcome, by the clock of the host', async () => {
  const { input } = createPair();
  let now = Date.parse('2030-05-05T00:00:00Z');
  const summary = await mirror.run(input, { host: { now: () => now++ } });
  const times = reportLines(summary, 'actions').map(({ time }) => time);
  expect(times.every((time) => /^2030-05-05T00:00:0\d\.\d{3}Z$/.test(time))).toBe(true);
  expect(new Set(times).size).toBe(5);
});
