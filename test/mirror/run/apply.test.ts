import { FolderRunStore } from '../../../lambdas/host/run-store/folder-run-store';
import { parseDeployedMirror } from '../../../statemachine/input/deployed-mirrors';
import { contentsOf } from '../../support/contents';
import { createPlanOf } from '../../support/created-plan';
import { past, useMirror } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';
import { reportLines } from '../../support/report-lines';

const mirror = useMirror();
const createPlan = (more?: object) => createPlanOf(mirror, more);
const store = new FolderRunStore(mirror.runsFolder);

it('does exactly what the plan says, and lists no side for it', async () => {
  const { source, destination, apply } = await createPlan();

  const summary = await mirror.run(apply);

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 2, deleted: 1, failed: 0 } });
  expect(summary.phases.map(({ name }) => name)).toEqual(['sync']);
  expect(contentsOf(destination)).toEqual(contentsOf(source));
  // whether the source still has content
  expect(mirror.s3.requests.byOperation()).toMatchObject({ ListObjectsV2: 1, CopyObject: 2, DeleteObjects: 1 });
});

it('reads the index of its plan once to check it, and once for each loop', async () => {
  const { apply } = await createPlan();
  const reads: string[] = [];
  const runStore = Object.assign(new FolderRunStore(mirror.runsFolder), {
    get: (name: string) => {
      reads.push(name);
      return store.get(name);
    },
  });

  const summary = await mirror.run(apply, { host: { runStore } });

  expect(summary.status).toBe('succeeded');

  expect(reads.filter((name) => name.endsWith('/plan/index.json'))).toHaveLength(3);
});

it('applied again, changes nothing, and says that all of it is done', async () => {
  const { source, destination, apply } = await createPlan();
  await mirror.run(apply);
  // a second is as exact as dates of S3 are
  for (const key of ['changed', 'new']) Object.assign(destination.get(key) ?? {}, { lastModified: past });
  const before = ['changed', 'new', 'same'].map((key) => destination.get(key)?.lastModified);

  const again = await mirror.run(apply);

  expect(again).toMatchObject({ status: 'succeeded', totals: { copied: 0, unchanged: 2, deleted: 0, failed: 0 } });
  expect(reportLines(again, 'actions').map(({ action }) => action)).toEqual(['skip']);
  expect(['changed', 'new', 'same'].map((key) => destination.get(key)?.lastModified)).toEqual(before);
  expect(contentsOf(destination)).toEqual(contentsOf(source));
});

type Pair = ReturnType<typeof mirror.createPair>;

it.each<[what: string, key: string, action: string, change: (pair: Pair) => void]>([
  ['the source', 'changed', 'copy', ({ source }) => source.put('changed', 'later')],
  ['the source of a new object', 'new', 'copy', ({ source }) => source.put('new', 'later')],
  ['the source, which lost it', 'new', 'copy', ({ source }) => source.remove('new')],
  ['the destination', 'changed', 'copy', ({ destination }) => destination.put('changed', 'by somebody')],
  ['the destination, which lost it', 'changed', 'copy', ({ destination }) => destination.remove('changed')],
  ['the destination, which has it by now', 'new', 'copy', ({ destination }) => destination.put('new', 'by somebody')],
  ['the source, which has it by now', 'orphan', 'delete', ({ source }) => source.put('orphan', 'back')],
  ['an orphan', 'orphan', 'delete', ({ destination }) => destination.put('orphan', 'by somebody')],
  [
    'the source, which got the same bytes with other headers',
    'changed',
    'copy',
    ({ source }) => source.put('changed', 'content of changed', { user: { team: 'red' } }),
  ],
  [
    'the destination, which got the same bytes again',
    'changed',
    'copy',
    ({ destination }) => destination.put('changed', 'old', { user: { team: 'red' } }),
  ],
  [
    'an orphan, which was put again with the same bytes',
    'orphan',
    'delete',
    ({ destination }) => destination.put('orphan', 'x', { user: { team: 'red' } }),
  ],
])('leaves alone what has changed since, and does all others: %s', async (_what, key, action, change) => {
  const pair = await createPlan();
  change(pair);
  const left = pair.destination.get(key)?.body.toString();

  const summary = await mirror.run(pair.apply);

  expect(summary).toMatchObject({ status: 'failed', error: { name: 'PlanOutdatedError', keys: [key] } });
  expect(summary.error?.message).toMatch(/^1 object has changed since the plan was made, and was left alone\. /);
  expect(reportLines(summary, 'failures')).toMatchObject([{ key, action, reason: 'changed-since-plan' }]);
  expect(summary.totals).toMatchObject({ copied: action === 'copy' ? 1 : 2, deleted: action === 'delete' ? 0 : 1 });
  expect(pair.destination.get(key)?.body.toString()).toBe(left);
});

it('restores no other version than the plan has seen', async () => {
  const { source, input } = await createPlan();
  const archived = { storageClass: 'GLACIER', lastModified: past };
  for (const key of ['deep', 'deeper']) source.put(key, 'x', archived);
  const request = { ...input, archived: 'restore' };
  const plan = await mirror.run({ ...request, dryRun: true });
  source.put('deep', 'x', { ...archived, lastModified: new Date(past.getTime() + 1000) });

  const summary = await mirror.run({ ...request, apply: plan.runId });

  expect(summary).toMatchObject({ error: { name: 'PlanOutdatedError', keys: ['deep'] }, totals: { waiting: 1 } });
  expect(source.get('deep')?.restore).toBeUndefined();
  expect(source.get('deeper')?.restore).toEqual({ ongoing: true });
});

it('is done with a delete that somebody else has done', async () => {
  const { destination, apply } = await createPlan();
  destination.remove('orphan');

  expect(await mirror.run(apply)).toMatchObject({ status: 'succeeded', totals: { copied: 2, deleted: 0 } });
});

it('copies assets before pages, and deletes last, if the plan is one of a publish', async () => {
  const { apply, destination, source } = await createPlan({ mode: 'publish' });

  const summary = await mirror.run(apply);

  expect(summary.phases.map(({ name }) => name)).toEqual(['assets', 'pages', 'first-deletes', 'deletes']);
  expect(contentsOf(destination)).toEqual(contentsOf(source));
});

it('deletes what a plan of a publish deletes, although no phase before it has copied anything', async () => {
  const { source, destination, input } = mirror.createPair();
  for (const bucket of [source, destination]) bucket.put('index.html', 'x', { lastModified: past });
  destination.put('orphan', 'x', { lastModified: past });
  const request = { ...input, mode: 'publish' };
  const { runId } = await mirror.run({ ...request, dryRun: true });

  expect(await mirror.run({ ...request, apply: runId })).toMatchObject({
    status: 'succeeded',
    totals: { deleted: 1 },
  });
  expect(contentsOf(destination)).toEqual(contentsOf(source));
});

it('empties the destination as the plan says, if the source may be empty', async () => {
  const { destination, input } = mirror.createPair();
  for (let index = 0; index < 101; index++) destination.put(`${index}`, 'x', { lastModified: past });
  const request = { ...input, allowEmptySource: true };
  const { runId } = await mirror.run({ ...request, dryRun: true });

  expect(await mirror.run({ ...request, apply: runId })).toMatchObject({ totals: { deleted: 101 } });
});

it('applies a plan without actions, and takes no lock for it', async () => {
  const { input, apply } = await createPlan();
  await mirror.run(apply);
  const plan = await mirror.run({ ...input, dryRun: true });
  mirror.overlooksLock = false;
  mirror.s3.requests.reset();

  const summary = await mirror.run({ ...input, apply: plan.runId });

  expect(summary).toMatchObject({ status: 'succeeded', wrote: false, phases: [], totals: { copied: 0 } });
  expect(mirror.s3.requests.byOperation()).toEqual({});
});

it('judges the plan by the guards of the run that applies it', async () => {
  const { destination, apply } = await createPlan();
  const before = contentsOf(destination);

  for (const [guard, name] of [
    [{ maxDeletes: 0 }, 'DeleteGuardError'],
    [{ maxOverwrites: 0 }, 'OverwriteGuardError'],
    [{ maxCost: 0.0000001 }, 'CostGuardError'],
  ] as const) {
    expect(await mirror.run({ ...apply, ...guard })).toMatchObject({ status: 'failed', error: { name } });
  }
  expect(contentsOf(destination)).toEqual(before);
  expect(await mirror.run({ ...apply, maxDeletes: 1, maxOverwrites: 1 })).toMatchObject({ status: 'succeeded' });
});

it('applies a plan that a guard has refused, once a higher limit allows it', async () => {
  const { source, destination, input } = await createPlan();
  const refused = await mirror.run({ ...input, maxDeletes: 0 });
  expect(refused).toMatchObject({ error: { name: 'DeleteGuardError' }, wrote: false });

  expect(await mirror.run({ ...input, apply: refused.runId, maxDeletes: 1 })).toMatchObject({ status: 'succeeded' });
  expect(contentsOf(destination)).toEqual(contentsOf(source));
});

it('reports what the plan could not decide, and does all others', async () => {
  const { source, input } = await createPlan();
  source.put('archived', 'x', { storageClass: 'GLACIER', lastModified: past });
  const plan = await mirror.run({ ...input, dryRun: true });
  expect(plan.error?.name).toBe('SyncIncompleteError');
  const summary = await mirror.run({ ...input, apply: plan.runId });

  expect(summary).toMatchObject({
    error: { name: 'SyncIncompleteError', keys: ['archived'] },
    totals: { copied: 2, deleted: 1, failed: 1 },
  });
});

it('counts and reports once what the plan could not decide, however many rounds the next object takes', async () => {
  const { source, input } = await createPlan();
  putInParts(source, 'large', Array<number>(40).fill(65 * MIB), { lastModified: past });
  source.put('in an archive', 'x', { storageClass: 'GLACIER', lastModified: past });
  const plan = await mirror.run({ ...input, dryRun: true });
  let rounds = 0;
  let time = 0;
  const summary = await mirror.run(
    { ...input, apply: plan.runId },
    {
      serial: true,
      host: { now: () => time++, roundBudgetsMs: [40] },
      around: (task, _input, invoke) => {
        if (task === 'AdvanceCopy') rounds += 1;
        return invoke();
      },
    },
  );

  expect(rounds).toBeGreaterThan(2);
  expect(summary).toMatchObject({ error: { keys: ['in an archive'] }, totals: { copied: 3, failed: 1 } });
  expect(reportLines(summary, 'failures')).toHaveLength(1);
});

it('leaves alone what the plan could not compare, although it could be compared by now', async () => {
  const { source, destination, input } = mirror.createPair();
  source.put('hidden', 'x', { lastModified: past, user: { owner: 'me' } });
  destination.put('hidden', 'x');
  const before = contentsOf(destination);
  let isPlanning = false;
  mirror.s3.onRequest = ({ operation, key }) =>
    operation === 'HeadObject' && key === 'hidden' && isPlanning ? { status: 400, code: 'InvalidRequest' } : undefined;
  const request = { ...input, compare: 'metadata' };
  const around = (task: string, _input: unknown, invoke: () => Promise<unknown>) => {
    isPlanning = task === 'CopyRange';
    return invoke();
  };
  const plan = await mirror.run({ ...request, dryRun: true }, { around });
  expect(plan.error?.name).toBe('SyncIncompleteError');
  mirror.s3.onRequest = undefined;

  const summary = await mirror.run({ ...request, apply: plan.runId });

  expect(summary).toMatchObject({ error: { name: 'SyncIncompleteError', keys: ['hidden'] }, totals: { failed: 1 } });
  expect(contentsOf(destination)).toEqual(before);
});

describe('a plan of a list of keys', () => {
  beforeAll(() => void mirror.s3.createBucket('lists'));

  function planKeys() {
    mirror.s3.bucket('lists').put('keys/list.jsonl', '"changed"\n"new"\n"orphan"\n');
    return createPlan({ keys: 's3://lists/keys/list.jsonl' });
  }

  it('is applied without the list', async () => {
    const { apply } = await planKeys();
    mirror.s3.bucket('lists').remove('keys/list.jsonl');

    const summary = await mirror.run(apply);

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 2, deleted: 1, failed: 0 } });
    expect(await store.list(`runs/${summary.runId}/keys/`)).toEqual([]);
  });

  it('requires the list if it is to verify', async () => {
    const { apply } = await planKeys();

    const summary = await mirror.run({ ...apply, verify: true });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 2, deleted: 1 } });
    mirror.s3.bucket('lists').remove('keys/list.jsonl');
    expect(await mirror.run({ ...apply, verify: true })).toMatchObject({ error: { name: 'InvalidInputError' } });
  });
});

it('compares afterwards if it is to verify', async () => {
  const { apply } = await createPlan();

  const summary = await mirror.run({ ...apply, verify: true });

  expect(summary.phases.map(({ name }) => name)).toEqual(['sync', 'verify']);
  expect(summary.status).toBe('succeeded');
});

it('finds a plan by the beginning of its id, and notes the whole id', async () => {
  const { source, destination, input, plan } = await createPlan();

  const summary = await mirror.run({ ...input, apply: plan.runId.slice(0, 8) });

  expect(summary).toMatchObject({ status: 'succeeded', input: { apply: plan.runId } });
  expect(contentsOf(destination)).toEqual(contentsOf(source));
});

describe('in a deployment that leaves out by date', () => {
  const inDeployment = (settings: object) => ({ host: { mirrors: [parseDeployedMirror(settings)] } });

  it('a plan is applied with the dates that it made of durations', async () => {
    const { source, destination, input } = mirror.createPair();
    source.put('new', 'x', { lastModified: new Date(Date.now() - 3_600_000) });
    const deployed = inDeployment({ ...input, olderThan: '1s', newerThan: '7d' });
    const { runId } = await mirror.run({ dryRun: true }, deployed);

    expect(await mirror.run({ apply: runId }, deployed)).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
    expect(contentsOf(destination)).toEqual(contentsOf(source));
  });

  it.each<[before: object, after: object, field: string]>([
    [{}, { newerThan: '7d' }, 'newerThan'],
    [{ newerThan: '7d' }, { newerThan: '1d' }, 'newerThan'],
    [{ newerThan: '7d' }, { newerThan: '2026-02-01' }, 'newerThan'],
    [{ olderThan: '1s' }, { olderThan: '2020-01-01' }, 'olderThan'],
  ])('a plan is refused if the deployment leaves out other dates by now: %j, then %j', async (before, after, field) => {
    const { destination, input } = await createPlan();
    const { runId } = await mirror.run({ dryRun: true }, inDeployment({ ...input, ...before }));
    const left = contentsOf(destination);

    const { error } = await mirror.run({ apply: runId }, inDeployment({ ...input, ...after }));

    expect(error?.name).toBe('InvalidInputError');
    expect(error?.message).toContain(`\`${field}\``);
    expect(contentsOf(destination)).toEqual(left);
  });
});
