import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { sumOfFindings } from '../../../lambdas/engine/kept-plan/findings';
import type { PlannedAction, PlannedVersion } from '../../../lambdas/engine/kept-plan/planned-action';
import { FolderRunStore } from '../../../lambdas/host/run-store/folder-run-store';
import type { RunSummary } from '../../../statemachine/contract';
import { contentsOf } from '../../support/contents';
import { past, useMemoryMirror } from '../../support/memory-mirror';

/** What the files of a plan hold, for those who want them to say something else. */
type Json = Record<string, unknown>;
interface Part extends Json {
  readonly name: string;
  readonly copies: number;
}
interface Forgery {
  readonly part?: (actions: PlannedAction[]) => Buffer | PlannedAction[];
  readonly index?: (index: Json & { parts: Part[] }) => unknown;
  readonly summary?: (summary: Json & { keptPlan: Json; phases: Json[] }) => unknown;
}

const mirror = useMemoryMirror();
const store = new FolderRunStore(mirror.runsFolder);
const sha256 = (body: string | Buffer) => createHash('sha256').update(body).digest('hex');
const read = async (name: string) => (await store.get(name))?.body ?? Buffer.alloc(0);
const readJson = async (name: string) => JSON.parse(String(await read(name)));
const pack = (lines: readonly unknown[]) => gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
const count = (actions: readonly PlannedAction[], ...names: string[]) =>
  actions.filter(({ action }) => names.includes(action)).length;

function copiesIn(actions: readonly PlannedAction[]) {
  const copies = actions.filter(({ action }) => action === 'copy');
  return {
    copied: copies.length,
    copiedBytes: copies.reduce((sum, { source }) => sum + Math.max(0, source?.sizeBytes ?? 0), 0),
    overwritten: copies.filter(({ destination }) => destination).length,
  };
}

async function createPlan() {
  const { source, destination, input } = mirror.createPair();
  for (const key of ['changed', 'new', 'same']) source.put(key, `content of ${key}`, { lastModified: past });
  source.put('.bucketsync/theirs', 'x', { lastModified: past });
  destination.put('.bucketsync/mine', 'x', { lastModified: past });
  destination.put('changed', 'old', { lastModified: past });
  destination.put('same', 'content of same');
  destination.put('orphan', 'x', { lastModified: past });
  const { runId } = await mirror.run({ ...input, dryRun: true });
  return { source, destination, runId, apply: { ...input, apply: runId } };
}

/** Nobody is asked for a summary that is none. */
function withSum(summary: unknown) {
  const { keptPlan, phases } = (summary ?? {}) as Partial<RunSummary>;
  if (!keptPlan || !phases) return summary;
  return {
    ...(summary as RunSummary),
    keptPlan: { ...keptPlan, findings: sumOfFindings(summary as RunSummary, keptPlan) },
  };
}

/** Somebody who may write reports changes a plan, and every checksum and count with it. */
async function forge(id: string, { part: alter = (actions) => actions, index, summary }: Forgery): Promise<void> {
  const folder = `runs/${id}`;
  const own = await readJson(`${folder}/plan/index.json`);
  const [part] = own.parts;
  const lines = String(gunzipSync(await read(`${folder}/${part.name}`)));
  const altered = alter(
    lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );
  const body = Buffer.isBuffer(altered) ? altered : pack(altered);
  const actions = Buffer.isBuffer(altered) ? [] : altered;
  const counts = Buffer.isBuffer(altered)
    ? {}
    : {
        ...{ first: actions[0]?.key, last: actions.at(-1)?.key, copies: count(actions, 'copy', 'restore', 'decide') },
        ...copiesIn(actions),
      };
  const deletes = Buffer.isBuffer(altered) ? part.deletes : count(actions, 'delete');
  const changed = { ...part, ...counts, deletes, sha256: sha256(body) };
  const whole = { ...own, parts: [changed] };
  const text = JSON.stringify(index ? index(whole) : whole);
  const told = await readJson(`${folder}/summary.json`);
  const [phase] = told.phases;
  const { copies } = changed;
  const plausible = {
    ...told,
    keptPlan: { ...told.keptPlan, copies, deletes, sha256: sha256(text) },
    phases: [
      {
        ...phase,
        copy: { ...phase.copy, ...(actions.length > 0 && copiesIn(actions)) },
        delete: { ...phase.delete, deleted: deletes },
      },
    ],
  };
  await store.put(`${folder}/${part.name}`, body);
  await store.put(`${folder}/plan/index.json`, text);
  await store.put(`${folder}/summary.json`, JSON.stringify(withSum(summary ? summary(plausible) : plausible)));
}

const withVersions = (more: object) => (actions: PlannedAction[]) =>
  actions.map((action) => ({ ...action, ...(action.source && { source: { ...action.source, ...more } }) }));
const inParts = (change: (parts: Part[]) => unknown) => ({
  index: (index: Json & { parts: Part[] }) => ({ ...index, parts: change(index.parts) }),
});

it.each<[what: string, forgery: Forgery]>([
  ['a part that is not compressed', { part: () => Buffer.from('nothing') }],
  ['a part that unpacks to more than the memory holds', { part: () => gzipSync(Buffer.alloc(65 * 1024 ** 2)) }],
  ['a part that is no JSON', { part: () => gzipSync('{\n') }],
  ['a part without objects', { part: () => pack([null]) }],
  ['a part with the actions in no order', { part: (actions) => [...actions].reverse() }],
  ['an action twice', { part: (actions) => actions.flatMap((action) => [action, action]) }],
  ['an unknown action', { part: (actions) => actions.map((action) => ({ ...action, action: 'drop' as 'copy' })) }],
  ['a key that is no text', { part: (actions) => actions.map((action) => ({ ...action, key: 5 as never })) }],
  ['a key that no bucket has', { part: (actions) => actions.map((action) => ({ ...action, key: 'a\ud800' })) }],
  ['an action without its object', { part: (actions) => actions.map(({ source: _, ...action }) => action) }],
  ['a size that is no number', { part: withVersions({ sizeBytes: null }) }],
  ['a size below zero', { part: withVersions({ sizeBytes: -1 }) }],
  ['no ETag', { part: withVersions({ eTag: undefined }) }],
  ['the ETag of any version', { part: withVersions({ eTag: '*' }) }],
  ['no date', { part: withVersions({ lastModified: null }) }],
  ['no storage class', { part: withVersions({ storageClass: undefined }) }],
  ['a checksum of nothing', { part: withVersions({ checksum: {} }) }],
  ['an index that is null', { index: () => null }],
  ['an index without parts', inParts(() => [])],
  ['a part twice in the index', inParts((parts) => [...parts, ...parts])],
  ['a part with fewer copies in the index', inParts((parts) => parts.map((part) => ({ ...part, copies: 0 })))],
  [
    'a part with fewer overwritten objects in the index',
    inParts((parts) => parts.map((part) => ({ ...part, overwritten: 0 }))),
  ],
  ['a part with fewer bytes in the index', inParts((parts) => parts.map((part) => ({ ...part, copiedBytes: 1 })))],
  [
    'a part that leaves some to a decision in the index',
    inParts((parts) => parts.map((part) => ({ ...part, copied: 1 }))),
  ],
  ['a part that ends sooner in the index', inParts(([part]) => [{ ...part, last: part?.first }])],
  ['a part that begins later in the index', inParts(([part]) => [{ ...part, first: part?.last }])],
  ['a part that ends before it begins', inParts(([part]) => [{ ...part, last: '' }])],
  ['a part of another folder', inParts(([part]) => [{ ...part, name: `plan/parts/../../${part?.name}` }])],
  ['the index of another run', { index: (index) => ({ ...index, runId: 'another' }) }],
  [
    'a summary with fewer copies',
    { summary: (summary) => ({ ...summary, keptPlan: { ...summary.keptPlan, copies: 0 } }) },
  ],
])('a plan is refused as changed if somebody has forged it with all its checksums: %s', async (_what, forgery) => {
  const { destination, runId, apply } = await createPlan();
  const before = contentsOf(destination);
  await forge(runId, forgery);

  const summary = await mirror.run(apply);

  expect(summary).toMatchObject({ status: 'failed', error: { name: 'PlanChangedError' }, totals: { copied: 0 } });
  expect(summary.error?.message).toContain('make the plan again');
  expect(contentsOf(destination)).toEqual(before);
});

it.each<[what: string, summary: Forgery['summary']]>([
  ['is null', () => null],
  ['has no phases', ({ phases: _, ...summary }) => summary],
  ['has a phase without numbers', (summary) => ({ ...summary, phases: [{}] })],
  ['has no date', ({ startedAt: _, ...summary }) => summary],
  ['has numbers below zero', (summary) => ({ ...summary, keptPlan: { ...summary.keptPlan, deletes: -1 } })],
  ['has the rules of nothing', (summary) => ({ ...summary, deployed: null })],
  [
    'tells the guards of fewer deletes than there are',
    (summary) => {
      const [phase] = summary.phases as [Json & { delete: Json }];
      return { ...summary, phases: [{ ...phase, delete: { ...phase.delete, deleted: 0 } }] };
    },
  ],
  ...['copied', 'copiedBytes', 'overwritten'].map((counter): [string, Forgery['summary']] => [
    `tells the guards of a smaller number in ${counter}`,
    (summary) => {
      const [phase] = summary.phases as [Json & { copy: Json }];
      return { ...summary, phases: [{ ...phase, copy: { ...phase.copy, [counter]: 0 } }] };
    },
  ]),
])('a plan is refused if its summary %s', async (_what, summary) => {
  const { destination, runId, apply } = await createPlan();
  const before = contentsOf(destination);
  if (summary) await forge(runId, { summary });

  const { error } = await mirror.run(apply);

  expect(error?.name).toBe('InvalidInputError');
  expect(error?.message).toMatch(/^Expected `apply` to be the id of a plan that can be applied, got /);
  expect(contentsOf(destination)).toEqual(before);
});

it('a plan that is no JSON is refused', async () => {
  const { runId, apply } = await createPlan();
  await store.put(`runs/${runId}/summary.json`, '{"a');

  expect((await mirror.run(apply)).error?.name).toBe('InvalidInputError');
});

it('no plan copies or deletes what bucketsync keeps for itself', async () => {
  const { source, destination, runId, apply } = await createPlan();
  const version = ({ eTag = '' } = {}): PlannedVersion => ({
    ...{ sizeBytes: 1, eTag, lastModified: past.getTime(), storageClass: 'STANDARD', archived: false },
  });
  const [mine, theirs] = ['.bucketsync/mine', '.bucketsync/theirs'] as const;
  await forge(runId, {
    part: (actions) => [
      { key: mine, action: 'delete', reason: 'orphan', destination: version(destination.get(mine)) },
      { key: theirs, action: 'copy', reason: 'missing', source: version(source.get(theirs)) },
      ...actions,
    ],
  });

  expect(await mirror.run(apply)).toMatchObject({ status: 'succeeded', totals: { copied: 2, deleted: 1 } });
  expect(destination.get(mine)).toBeDefined();
  expect(destination.get(theirs)).toBeUndefined();
});

it.each<[what: string, edit: (summary: Json & { phases: [Json & { delete: Json }]; input: Json }) => Json]>([
  [
    'what percentages are of',
    ({ phases: [found], ...summary }) => ({
      ...summary,
      phases: [{ ...found, delete: { ...found.delete, unchanged: 1_000_000 } }],
    }),
  ],
  ['when it was made', (summary) => ({ ...summary, startedAt: '2020-01-01T00:00:00.000Z' })],
  ['what it was asked for', ({ input, ...summary }) => ({ ...summary, input: { ...input, maxDeletes: 5 } })],
])('a plan is refused if somebody has edited in its summary %s', async (_what, edit) => {
  const { destination, runId, apply } = await createPlan();
  const before = contentsOf(destination);
  const name = `runs/${runId}/summary.json`;
  await store.put(name, JSON.stringify(edit(await readJson(name))));

  const { error } = await mirror.run(apply);

  expect(error?.name).toBe('InvalidInputError');
  expect(error?.message).toContain('somebody has changed it');
  expect(contentsOf(destination)).toEqual(before);
});
