import { estimateCost } from '../../lambdas/engine/cost/estimate-cost';
import { FolderRunStore } from '../../lambdas/host/run-store/folder-run-store';
import { LOCAL_SETTINGS } from '../../local/run-locally';
import { createTemporaryFolder } from '../../local/temporary-folder';
import { ENVIRONMENT, RANGE_MEMORY_MIB, type RangeInput, ROUND_BUDGETS_MS } from '../../statemachine/contract';
import { answerParent } from '../frame/child';
import { type ClassCost, priceByClass } from './class-costs';
import { findMistake, listFloor } from './expected';
import { runVirtual } from './run-virtual';
import { SimulatedAws } from './simulated-aws';
import type { Virtual } from './virtual-bucket';
import { VirtualClock } from './virtual-clock';
import { virtualHosts } from './virtual-host';
import { NO_CONDITIONS } from './virtual-side';

/** What the parent process asks for. */
export interface Order {
  readonly virtual: Virtual;
  /** Absent: at full speed on this machine. Otherwise simulated, and a key stands for so many. */
  readonly keyStandsFor?: number;
}

/** One run. What cannot be seen from outside of the command line is absent there. */
export interface ScaleMeasurement {
  /**
   * - `all`: the command line, over HTTP, against an embedded S3 in another process
   * - `engine`: state machine and handlers in one process, whose port to S3 is answered by computed pages: no SDK, no XML
   * - `simulated`: the same, with the limits of AWS in simulated time; a key stands for many
   */
  readonly layers: 'all' | 'engine' | 'simulated';
  readonly objects: number;
  /** Why the run did not do what it had to; absent where it did. */
  readonly wrong?: string;
  /** Of the clock on the wall, or of the simulated one. */
  readonly elapsedMs: number;
  readonly peakBytes: number;
  readonly listRequests: number;
  /** Fewest possible: each side is listed once. */
  readonly listFloor: number;
  readonly rounds?: number;
  readonly ranges?: number;
  readonly stateBytes?: number;
  readonly historyEvents?: number;
  readonly copied: number;
  readonly deleted: number;
  readonly peakConcurrency?: number;
  readonly costUsd?: { readonly total: number; readonly items: Readonly<Record<string, number>> };
  readonly costByClass?: readonly ClassCost[];
}

const DEPLOYED_SETTINGS = { [ENVIRONMENT.roundBudgetsMs]: ROUND_BUDGETS_MS.join() };

async function measureHere(virtual: Virtual) {
  using temporary = createTemporaryFolder('bench');
  const plans = new FolderRunStore(temporary.path);
  const startedAt = performance.now();
  const shape = await runVirtual(
    virtualHosts({ virtual, settings: LOCAL_SETTINGS, plans, now: Date.now, conditions: () => NO_CONDITIONS }),
  );
  return { shape, elapsedMs: performance.now() - startedAt };
}

async function simulate(virtual: Virtual, keyStandsFor: number) {
  const clock = new VirtualClock();
  const aws = new SimulatedAws(clock);
  const hosts = virtualHosts({
    virtual,
    settings: DEPLOYED_SETTINGS,
    now: () => clock.now,
    conditions: () => aws.conditions(1000 / keyStandsFor),
  });
  const shape = await clock.run(
    runVirtual(hosts, (task, invoke, input) =>
      task === 'CopyRange' || task === 'DeleteRange'
        ? aws.invoke(task, (input as RangeInput).share.ranges, invoke)
        : invoke(),
    ),
  );
  const costUsd = estimateCost(shape.phases, RANGE_MEMORY_MIB);
  const costByClass = priceByClass(costUsd.total, shape.summary.totals.copied);
  return { shape, elapsedMs: clock.now, costUsd, costByClass, peakConcurrency: aws.peakConcurrency };
}

async function measure({ virtual, keyStandsFor = 1 }: Order, simulated: boolean): Promise<ScaleMeasurement> {
  const { shape, ...rest } = simulated ? await simulate(virtual, keyStandsFor) : await measureHere(virtual);
  const { summary, rounds, ranges, stateBytes, historyEvents } = shape;
  const { copied, deleted, requests } = summary.totals;
  const wrong = findMistake(virtual, summary);
  return {
    layers: simulated ? 'simulated' : 'engine',
    objects: virtual.keys * keyStandsFor,
    ...(wrong && { wrong }),
    ...rest,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    listRequests: requests.list,
    listFloor: listFloor(virtual, 1000 / keyStandsFor),
    rounds: rounds.copy + rounds.delete,
    ranges: ranges.copy + ranges.delete,
    stateBytes,
    historyEvents,
    copied,
    deleted,
  };
}

answerParent<Order>((order) => measure(order, order.keyStandsFor !== undefined));
