import type { RunSummary } from '../../../statemachine/contract';
import { parseDeployedMirror } from '../../../statemachine/input/deployed-mirrors';
import { past } from '../../support/any-mirror';
import { useMemoryMirror } from '../../support/memory-mirror';
import { contentOf, publish } from './publish';

const mirror = useMemoryMirror();

it('is judged by `maxDeletes` and `maxOverwrites` before anything is written', async () => {
  const { destination, after, run, undo } = await publish(mirror);
  expect((await undo(run.runId, { maxDeletes: 0 })).error?.name).toBe('DeleteGuardError');
  expect((await undo(run.runId, { maxOverwrites: 0 })).error?.name).toBe('OverwriteGuardError');
  expect(contentOf(destination)).toEqual(after);
});

describe('under a deployed percentage', () => {
  /** Of a hundred objects, a run replaces and adds ten each. */
  function createSite(settings: object = {}) {
    const { source, destination, input } = mirror.createPair({ destination: { versioning: 'Enabled' } });
    for (let index = 0; index < 110; index++) {
      source.put(`k${index}`, index < 10 ? 'after' : 'same', { lastModified: past });
      if (index < 100) destination.put(`k${index}`, index < 10 ? 'before' : 'same');
    }
    const mirrors = [parseDeployedMirror({ ...input, maxDeletes: '10%', maxOverwrites: '10%', ...settings })];
    const start = (request: object) => mirror.run(request, { host: { mirrors } });
    return { destination, start, before: contentOf(destination) };
  }

  it.each<[what: string, settings: object, publishes: (start: (request: object) => Promise<RunSummary>) => unknown]>([
    ['a run', {}, (start) => start({})],
    ['a run that deletes nothing', { delete: false }, (start) => start({})],
    ['a plan that was applied', {}, async (start) => start({ apply: (await start({ dryRun: true })).runId })],
  ])('takes back %s, and publishes it again: it counts what took part then', async (_what, settings, publishes) => {
    const { destination, start, before } = createSite(settings);
    const run = (await publishes(start)) as RunSummary;
    expect(run).toMatchObject({ status: 'succeeded', totals: { copied: 20 } });
    const after = contentOf(destination);

    const undone = await start({ undo: run.runId });
    expect(undone.error).toBeUndefined();
    expect(undone).toMatchObject({ takingPart: 100, totals: { overwritten: 10, deleted: 10 } });
    expect(contentOf(destination)).toEqual(before);

    expect((await start({ undo: undone.runId })).error).toBeUndefined();
    expect(contentOf(destination)).toEqual(after);
  });
});

it('ends before it begins if another run is at work', async () => {
  const { destination, after, input, source, run } = await publish(mirror);
  source.put('more', 'x', { lastModified: past });
  let undone: RunSummary | undefined;
  const around = async (task: string, _input: unknown, invoke: () => Promise<unknown>) => {
    if (task === 'ClosePhase') undone ??= await mirror.run({ ...input, undo: run.runId });
    return invoke();
  };

  const other = await mirror.run(input, { around });

  expect(undone).toMatchObject({ status: 'failed', error: { name: 'AlreadyRunningError' }, wrote: false });
  expect(other).toMatchObject({ status: 'succeeded' });
  expect(contentOf(destination)).toEqual({ ...after, more: expect.anything() });
});

it('holds the destination afterwards, and ignores the hold itself', async () => {
  const { run, undo, input } = await publish(mirror);
  const summary = await undo();
  expect(summary.heldSince).toBeDefined();
  const next = await mirror.run(input);
  expect(next).toMatchObject({
    status: 'held',
    error: { name: 'HeldError', message: expect.stringContaining(run.runId) },
  });
  expect((await undo(summary.runId)).status).toBe('succeeded');
});

it('holds nothing if somebody asks for that, or if it does nothing', async () => {
  const { run, undo, input } = await publish(mirror);
  expect((await undo(run.runId, { dryRun: true })).heldSince).toBeUndefined();
  expect((await undo(run.runId, { maxDeletes: 0 })).heldSince).toBeUndefined();
  expect((await undo(run.runId, { hold: false })).heldSince).toBeUndefined();
  expect((await mirror.run(input)).status).toBe('succeeded');
});

it('says that the destination could not be held, and still ends well', async () => {
  const { undo } = await publish(mirror);
  mirror.overlooksLock = false;
  let writes = 0;
  mirror.s3.onRequest = ({ operation, key }) =>
    operation === 'PutObject' && key === '.bucketsync/lock.json' && ++writes === 2
      ? { status: 403, code: 'AccessDenied' }
      : undefined;
  const summary = await undo();
  expect(summary.status).toBe('succeeded');
  expect(summary.warnings).toEqual([expect.objectContaining({ name: 'not-held' })]);
});
