import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VirtualClock } from '../../../bench/scale/virtual-clock';
import type { BucketReader, PageRequest } from '../../../lambdas/engine/ports/bucket-reader';
import { CUT_LIMITS } from '../../../lambdas/engine/walk/cut-budget';
import { walkRanges } from '../../../lambdas/engine/walk/walk';
import { cutAlong } from '../../../lambdas/engine/waymarks/cut-along';
import type { Waymark } from '../../../lambdas/engine/waymarks/waymark';
import { fitting } from '../../../lambdas/engine/waymarks/waymark-file';
import { WaymarkLanes } from '../../../lambdas/engine/waymarks/waymark-lanes';
import { KEY_DISTRIBUTIONS } from '../../support/key-distributions';
import { KeyList } from '../../support/key-list';
import { atLength, everyNth } from '../../support/length';

const PAGES = 25;
const OBJECTS = PAGES * 1000 - 7;
const PAGE_MS = 80;
const WALKERS = 16;
const WALKERS_OF_LOCAL_RUN = 32;

interface Walked {
  readonly requests: number;
  readonly ms: number;
  readonly visited: number;
  readonly waymarks: Waymark[];
}

/** Walks two equal sides as a plan does, from where waymarks are. */
async function walk(keys: readonly string[], waymarks: readonly Waymark[], walkers = WALKERS): Promise<Walked> {
  const clock = new VirtualClock();
  const lists = [new KeyList(keys, 1000), new KeyList(keys, 1000)];
  const [walked, other] = lists.map((list) => {
    const listPage = async (request: PageRequest) => {
      await clock.sleep(PAGE_MS);
      return list.listPage(request);
    };
    return Object.create(list, { listPage: { value: listPage } }) as BucketReader;
  }) as [BucketReader, BucketReader];
  const lanes = new WaymarkLanes();
  const parts = cutAlong({}, waymarks, walkers);
  let visited = 0;
  const createVisitor = () => {
    const lane = lanes.openLane();
    const visit = ({ key }: { key: string }) => {
      lane.pass(key);
      visited += 1;
    };
    return { visit, visitOther: visit };
  };
  const likelyPages = parts.map(({ pages }) => pages);
  const shares = { walkers: Math.max(WALKERS, parts.length), cutLimits: CUT_LIMITS.firstRound, likelyPages };
  const options = { walked, other, ...shares, createVisitor, proveAbsence: false, shouldStop: () => false };
  const ranges = parts.map(({ range }) => range);
  await clock.run(walkRanges(ranges, options));
  const requests = lists.reduce((sum, list) => sum + list.requests, 0);
  return { requests, ms: clock.now, visited, waymarks: fitting(lanes.waymarks) };
}

it.each(everyNth(3, Object.entries(KEY_DISTRIBUTIONS)))(
  'lists hardly a page more than there are, in less than half the time of a walk without waymarks: %s',
  async (_name, make) => {
    const keys = [...new Set(Array.from({ length: OBJECTS }, (_, index) => make(index, OBJECTS)))];
    const pages = Math.ceil(keys.length / 1000);

    const first = await walk(keys, []);
    const second = await walk(keys, first.waymarks);
    const third = await walk(keys, second.waymarks);

    for (const { visited } of [first, second, third]) expect(visited).toBe(keys.length);
    // the first walk has begun anywhere, so a part may have a page that is not full
    expect(second.requests).toBeLessThanOrEqual(2 * pages + 6);
    expect(third.requests).toBeLessThanOrEqual(second.requests);
    expect(second.ms).toBeLessThan(first.ms / 2);
  },
);

/** As in the suite peers. */
const pageOfSite = (index: number) =>
  `site/${String(Math.floor(index / 100)).padStart(6, '0')}/page-${String(index).padStart(9, '0')}.html`;

it.each(atLength({ quick: [20_000], full: [20_000, 50_000, 100_000, 200_000] }))(
  'takes the time and the requests that docs/performance.md says: %d objects',
  async (objects) => {
    const keys = Array.from({ length: objects }, (_, index) => pageOfSite(index));

    const first = await walk(keys, []);
    const here = await walk(keys, first.waymarks, WALKERS_OF_LOCAL_RUN);
    const inAws = await walk(keys, first.waymarks);

    const seconds = ({ ms }: Walked) => `${(ms / 1000).toFixed(1)} s`;
    const cells = [seconds(first), first.requests, seconds(here), seconds(inAws), inAws.requests];
    const page = readFileSync(join(__dirname, '../../../docs/performance.md'), 'utf8').replaceAll(/ +/g, ' ');
    expect(here.requests).toBe(inAws.requests);
    expect(page).toContain(`| ${objects.toLocaleString('en')} | ${cells.join(' | ')} |`);
  },
);
