import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { closePlan, closeRound, writerOf } from '../../../lambdas/engine/kept-plan/plan-index';
import { PlanListing, PlanOutline } from '../../../lambdas/engine/kept-plan/plan-listing';
import { PlanParts } from '../../../lambdas/engine/kept-plan/plan-parts';
import { PlanWriter } from '../../../lambdas/engine/kept-plan/plan-writer';
import { objectOf, type PlannedAction, plannedFor } from '../../../lambdas/engine/kept-plan/planned-action';
import { readIndex } from '../../../lambdas/engine/kept-plan/read-index';
import { compareKeys } from '../../../lambdas/engine/keys/compare-keys';
import { isWithin } from '../../../lambdas/engine/keys/key-range';
import type { BucketReader } from '../../../lambdas/engine/ports/bucket-reader';
import { planRound } from '../../../lambdas/engine/split/plan-round';
import { FolderRunStore } from '../../../lambdas/host/run-store/folder-run-store';
import type { KeptPlan, KeyRange } from '../../../statemachine/contract';
import { keys } from '../../support/arbitrary-keys';
import { randomCases } from '../../support/length';
import { temporaryFolder } from '../../support/temporary-folder';

const version = { sizeBytes: 1, eTag: 'e', lastModified: 0, storageClass: 'STANDARD', archived: false };

function actionOf(key: string, index: number): PlannedAction {
  if (index % 3 === 0) return { key, action: 'delete', reason: 'orphan', destination: version };
  const destination = index % 2 === 0 ? version : undefined;
  return { key, action: 'copy', reason: 'size', source: version, ...(destination && { destination }) };
}

/** Plans actions as several Tasks of several rounds would, each with several walkers, in any order. */
async function keep(store: FolderRunStore, actions: readonly PlannedAction[], tasks: number): Promise<KeptPlan> {
  const writers: string[][] = [[], []];
  for (let task = 0; task < tasks; task++) {
    const name = writerOf({ round: task % 2, index: task }, 'first');
    const writer = new PlanWriter(store, 'run', name, [{}]);
    const lanes = [writer.openLane(), writer.openLane()];
    const own = actions.filter((_, index) => index % tasks === task).reverse();
    for (const [index, action] of own.entries()) await lanes[index % 2]?.add(action);
    if (await writer.close()) writers[task % 2]?.push(name);
  }
  await closeRound(store, 'run', 0, writers[0] ?? []);
  return closePlan(store, 'run', 1, writers[1] ?? []);
}

/** All objects of a listing in a range, page by page. */
async function listAll(side: Pick<BucketReader, 'listPage'>, { after, until }: KeyRange, maxKeys: number) {
  const objects = [];
  let page = await side.listPage({ startAfter: after, maxKeys });
  for (;;) {
    objects.push(...page.objects);
    if (page.next === undefined) break;
    page = await side.listPage({ continuation: page.next, maxKeys });
  }
  return objects.filter(({ key }) => isWithin({ until }, key));
}

it('lists each action once, in order, to the loop that applies it, however the plan was written and is read', async () => {
  await fc.assert(
    fc.asyncProperty(
      keys(40),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 7 }),
      fc.option(fc.string({ maxLength: 3 }), { nil: undefined }),
      async (names, tasks, maxKeys, after) => {
        const store = new FolderRunStore(temporaryFolder());
        const actions = names.map(actionOf);
        const plan = await keep(store, actions, tasks);

        for (const loop of ['copy', 'delete'] as const) {
          const parts = await PlanParts.open(store, plan, loop, [{}]);
          const listed = await listAll(new PlanListing(parts, () => true), { after }, maxKeys);
          const wanted = actions
            .filter(({ action, key }) => (action === 'delete') === (loop === 'delete') && isWithin({ after }, key))
            .sort((a, b) => compareKeys(a.key, b.key));
          expect(listed).toEqual(wanted.map(objectOf));
          expect(listed.map(plannedFor)).toEqual(wanted);
        }
        expect(plan).toMatchObject({
          copies: actions.filter(({ action }) => action === 'copy').length,
          deletes: actions.filter(({ action }) => action === 'delete').length,
        });
      },
    ),
    randomCases({ quick: 8, full: 120 }),
  );
});

it('lists what takes part in a phase, and what begins with a prefix', async () => {
  const store = new FolderRunStore(temporaryFolder());
  const names = Array.from({ length: 50 }, (_, index) => `${index % 5}/${index}`);
  const plan = await keep(
    store,
    names.map((key) => ({ ...actionOf(key, 1), key })),
    3,
  );

  const parts = await PlanParts.open(store, plan, 'copy', [{}]);
  const listing = new PlanListing(parts, (key) => !key.endsWith('7'));
  const wanted = names.filter((key) => key.startsWith('2/') && !key.endsWith('7')).sort(compareKeys);
  const page = await listing.listPage({ keyPrefix: '2/', maxKeys: 3 });
  expect(page.objects.map(({ key }) => key)).toEqual(wanted.slice(0, 3));
  const rest = await listing.listPage({ keyPrefix: '2/', continuation: page.next as string });
  expect(rest).toMatchObject({ objects: wanted.slice(3).map((key) => ({ key })) });
  expect(rest.next).toBeUndefined();
});

it('is cut into as many ranges as there are Tasks, if it has more parts', async () => {
  const store = new FolderRunStore(temporaryFolder());
  const names = Array.from({ length: 60 }, (_, index) => `folder/${String(index).padStart(3, '0')}`);
  const plan = await keep(
    store,
    names.map((key) => actionOf(key, 1)),
    60,
  );
  const outline = new PlanOutline(() => PlanParts.open(store, plan, 'copy', [{}]));

  const round = await planRound({ tokens: [{}], uploads: [], copies: true }, outline, 20);

  const sizes = round.tokens.flat().map((range) => names.filter((name) => isWithin(range, name)).length);
  expect(sizes).toHaveLength(20);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(10);
});

it('shows where its parts end, in order', async () => {
  const store = new FolderRunStore(temporaryFolder());
  const plan = await keep(
    store,
    ['a', 'b', 'c', 'd', 'e', 'f'].map((key) => actionOf(key, 1)),
    3,
  );

  const outline = new PlanOutline(() => PlanParts.open(store, plan, 'copy', [{ after: 'a' }]));

  expect((await listAll(outline, { after: 'a' }, 1)).map(({ key }) => key)).toEqual(['d', 'e', 'f']);
  expect((await listAll(outline, { after: 'd' }, 5)).map(({ key }) => key)).toEqual(['e', 'f']);
});

it('has parts of a bounded size, however much is planned, and an index that grows only with them', async () => {
  const folder = temporaryFolder();
  const store = new FolderRunStore(folder);
  const writer = new PlanWriter(store, 'run', writerOf({ round: 0, index: 0 }, 'first'), [{}]);
  const lanes = Array.from({ length: 3 }, () => writer.openLane());
  const long = '\uffff'.repeat(330);
  for (let index = 0; index < 60_000; index++) {
    const key = `${index % 3}${long}${String(index).padStart(9, '0')}`;
    await lanes[index % 3]?.add({ key, action: 'copy', reason: 'missing', source: version });
  }
  await writer.close();
  const plan = await closePlan(store, 'run', 0, ['0-0-first']);

  const { parts } = await readIndex(store, plan);
  const sizes = parts.map(
    ({ name }) => gunzipSync(readFileSync(join(folder, 'runs/run', name))).toString('utf8').length,
  );
  expect(plan.copies).toBe(60_000);
  expect(Math.max(...sizes)).toBeLessThan(1024 ** 2);
  expect(parts.length).toBeLessThanOrEqual(Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / 1024 ** 2) * 2 + 3);
  expect(JSON.stringify(parts).length / parts.length).toBeLessThan(2 * 3 * 1024 + 300);
});

it('takes no part of an attempt whose result was lost', async () => {
  const store = new FolderRunStore(temporaryFolder());
  const lost = new PlanWriter(store, 'run', writerOf({ round: 0, index: 0 }, 'lost'), [{}]);
  await lost.openLane().add(actionOf('lost', 1));
  await lost.close();

  const plan = await keep(store, [actionOf('kept', 1)], 1);

  const parts = await PlanParts.open(store, plan, 'copy', [{}]);
  expect(await parts.behind(undefined, 10, () => true)).toMatchObject([{ key: 'kept' }]);
});

it.each([
  ['its index', async (store: FolderRunStore) => store.put('runs/run/plan/index.json', '{"parts":[]}')],
  ['a part', async (store: FolderRunStore) => changePart(store, (name) => store.put(name, 'other'))],
  ['a part that is gone', async (store: FolderRunStore) => changePart(store, (name) => store.delete(name))],
  ['its index, which could be one', async (store: FolderRunStore) => append(store, 'runs/run/plan/index.json', ' ')],
  [
    'a part, which could be one',
    async (store: FolderRunStore) => changePart(store, (name) => giveOtherReason(store, name)),
  ],
  ['its index that is gone', async (store: FolderRunStore) => store.delete('runs/run/plan/index.json')],
])('refuses a plan if somebody has changed %s', async (_what, change) => {
  const store = new FolderRunStore(temporaryFolder());
  const plan = await keep(store, [actionOf('a', 1)], 1);
  await change(store);

  const read = PlanParts.open(store, plan, 'copy', [{}]).then((parts) => parts.behind(undefined, 1, () => true));

  await expect(read).rejects.toMatchObject({ name: 'PlanChangedError' });
});

async function changePart(store: FolderRunStore, change: (name: string) => Promise<unknown>): Promise<void> {
  for (const name of await store.list('runs/run/plan/parts/')) await change(name);
}

async function append(store: FolderRunStore, name: string, more: string): Promise<void> {
  await store.put(name, `${(await store.get(name))?.body}${more}`);
}

async function giveOtherReason(store: FolderRunStore, name: string): Promise<void> {
  const lines = String(gunzipSync((await store.get(name))?.body ?? ''));
  await store.put(name, gzipSync(lines.replace('"size"', '"another"')));
}

it('reports that a part could not be written, and keeps no plan without it', async () => {
  const store = new FolderRunStore(temporaryFolder());
  const writer = new PlanWriter(
    Object.assign(Object.create(store) as FolderRunStore, {
      putIfAbsent: async () => {
        throw new Error('The disk is full');
      },
    }),
    'run',
    'writer',
    [{}],
  );
  await writer.openLane().add(actionOf('a', 1));

  await expect(writer.close()).rejects.toThrow('The disk is full');
});
