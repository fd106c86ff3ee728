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
import { everyNth } from '../../support/length';

const PAGES = 25;
const OBJECTS = PAGES * 1000 - 7;
const PAGE_MS = 80;
const WALKERS = 16;

interface Walked {
  readonly requests: number;
  readonly ms: number;
  readonly visited: number;
  readonly waymarks: Waymark[];
}

/** Walks two equal sides as a plan does, from where waymarks are. */
async function walk(keys: readonly string[], waymarks: readonly Waymark[]): Promise<Walked> {
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
  const parts = cutAlong({}, waymarks, WALKERS);
  let visited = 0;
  const createVisitor = () => {
    const lane = lanes.openLane();
    const visit = ({ key }: { key: string }) => {
      lane.pass(key);
      visited += 1;
    };
    return { visit, visitOther: visit };
  };
  const walkers = { walkers: WALKERS, cutLimits: CUT_LIMITS.firstRound, likelyPages: parts.map(({ pages }) => pages) };
  const options = { walked, other, ...walkers, createVisitor, proveAbsence: false, shouldStop: () => false };
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
