import { gunzipSync } from 'node:zlib';
import { closePlan, type PlanPart, writerOf } from '../../../lambdas/engine/kept-plan/plan-index';
import { PlanListing } from '../../../lambdas/engine/kept-plan/plan-listing';
import { PlanParts } from '../../../lambdas/engine/kept-plan/plan-parts';
import { PlanWriter } from '../../../lambdas/engine/kept-plan/plan-writer';
import { FolderRunStore } from '../../../lambdas/host/run-store/folder-run-store';
import type { KeptPlan } from '../../../statemachine/contract';
import { temporaryFolder } from '../../support/temporary-folder';

const MIB = 1024 ** 2;
const WALKERS = 8;
const LANES = 16;
const ACTIONS_PER_LANE = 1_000;
/** So that an action has about a kilobyte. */
const LONG = 'x'.repeat(900);

const version = { sizeBytes: 1, eTag: 'e', lastModified: 0, storageClass: 'STANDARD', archived: false };

/** Tells which parts were read, and how many at the same time. */
class WatchedStore extends FolderRunStore {
  reads: string[] = [];
  mostAtOnce = 0;
  #atOnce = 0;

  override async get(name: string) {
    if (!name.includes('/parts/')) return super.get(name);
    this.reads.push(name);
    this.#atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    try {
      return await super.get(name);
    } finally {
      this.#atOnce -= 1;
    }
  }
}

const nameOfLane = (lane: number) => String(lane).padStart(2, '0');

let store: WatchedStore;
let plan: KeptPlan;

/** A plan that many walks have made side by side, of 16 MiB. */
beforeAll(async () => {
  store = new WatchedStore(temporaryFolder());
  const writer = new PlanWriter(store, 'run', writerOf({ round: 0, index: 0 }, 'first'), [{}]);
  const lanes = Array.from({ length: LANES }, () => writer.openLane());
  for (let index = 0; index < ACTIONS_PER_LANE; index++) {
    for (const [number, lane] of lanes.entries()) {
      const key = `${nameOfLane(number)}/${String(index).padStart(6, '0')}${LONG}`;
      await lane.add({ key, action: 'copy', reason: 'missing', source: version });
    }
  }
  await writer.close();
  plan = await closePlan(store, 'run', 0, ['0-0-first']);
});

beforeEach(() => {
  store.reads = [];
  store.mostAtOnce = 0;
});

async function charactersOf({ name }: PlanPart): Promise<number> {
  const found = await store.get(`runs/run/${name}`);
  return gunzipSync(found?.body ?? '').length;
}

it('reads hardly a part twice for all walkers that are side by side', async () => {
  const parts = await PlanParts.open(store, plan, 'copy', [{}]);
  const listing = new PlanListing(parts, () => true);
  const perWalker = LANES / WALKERS;
  const places = Array.from({ length: WALKERS }, (_, walker) => nameOfLane(walker * perWalker));

  const pages = (perWalker * ACTIONS_PER_LANE) / 100;
  for (let page = 0; page < pages; page++) {
    for (const [walker, place] of places.entries()) {
      const { objects } = await listing.listPage({ startAfter: place, maxKeys: 100 });
      places[walker] = objects.at(-1)?.key ?? place;
    }
  }

  expect(new Set(store.reads).size).toBe(parts.parts.length);
  expect(store.reads.length).toBeLessThan(1.25 * parts.parts.length);
});

it('reads few parts at the same time, however many walkers begin', async () => {
  const parts = await PlanParts.open(store, plan, 'copy', [{}]);
  const listing = new PlanListing(parts, () => true);

  await Promise.all(
    Array.from({ length: LANES }, (_, lane) => listing.listPage({ startAfter: nameOfLane(lane), maxKeys: 10 })),
  );

  expect(store.reads.length).toBeGreaterThanOrEqual(LANES);
  expect(store.mostAtOnce).toBe(2);
});

it('keeps the parts that were used last, up to 6 MiB', async () => {
  const parts = await PlanParts.open(store, plan, 'copy', [{}]);
  const use = ({ first }: PlanPart) => parts.behind(first.slice(0, -1), 1, () => true);
  for (const part of parts.parts) await use(part);

  const kept: PlanPart[] = [];
  for (const part of [...parts.parts].reverse()) {
    store.reads = [];
    await use(part);
    if (store.reads.length > 0) break;
    kept.push(part);
  }

  const sizes = await Promise.all(kept.map(charactersOf));
  const characters = sizes.reduce((sum, size) => sum + size, 0);
  expect(characters).toBeLessThanOrEqual(6 * MIB);
  expect(characters).toBeGreaterThan(4 * MIB);
});
