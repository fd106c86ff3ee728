import {
  addSurcharges,
  type EstimatedCost,
  type FinishedLoop,
  type FinishedPhase,
  SURCHARGES,
  type SurchargeKind,
  type Surcharges,
} from '../../../statemachine/contract';
import { writesNothing } from '../../../statemachine/writes-nothing';
import { factorsOf, PRICES, PRICES_AS_OF, pricedRegion, pricesOf, transferGib } from './prices';

/** State transitions of a run without its phases, of a phase without its rounds, of a round, and of each child of the round's Map. */
const TRANSITIONS = { run: 6, phase: 7, round: 3, mapRange: 2 } as const;

const GIB = 1024 ** 3;

/** What a run cannot know or does not count. */
const NOT_INCLUDED = [
  'storage',
  'KMS requests to read the source',
  'restores from archives',
  'CloudTrail data events and event notifications of the buckets',
  'requests for lock and report',
] as const;

/** What a deployed run does not count either. */
const NOT_INCLUDED_IN_AWS = ['logs and traces'] as const;

/** Where the two buckets are. */
export interface RunRegions {
  readonly sourceRegion: string;
  readonly destinationRegion: string;
  /** Copies go through a machine, so S3 sends no byte from Region to Region: see `addStreams`. */
  readonly isStreamed?: boolean;
}

/**
 * What a run cost in US dollars, at list price.
 *
 * | item | price of |
 * | --- | --- |
 * | copies | the destination's Region |
 * | list pages and HEADs | the dearer of both Regions, because nothing counts them for each side |
 * | Step Functions | the destination's Region, where a mirror should be deployed |
 * | anything else | us-east-1 |
 *
 * Requests always count. Lambda and Step Functions count only if the run was
 * deployed. Items for storage classes, keys and transfer are left out if they are zero.
 *
 * @param regions  undefined: the run did not begin
 * @param rangeMemoryMib  memory of the functions that work on ranges; undefined: the run was not deployed
 */
export function estimateCost(
  phases: readonly FinishedPhase[],
  rangeMemoryMib: number | undefined,
  regions?: RunRegions,
): EstimatedCost {
  const loops = loopsOf(phases);
  const sum = (value: (loop: FinishedLoop) => number) => loops.reduce((total, loop) => total + value(loop), 0);
  const standard = pricesOf('STANDARD');
  const perGib = regions && !regions.isStreamed ? transferGib(regions.sourceRegion, regions.destinationRegion) : 0;
  const transfer = copiedGib(phases) * perGib;
  const [from, to] = [factorsOf(regions?.sourceRegion), factorsOf(regions?.destinationRegion)];
  const [dearerWrites, dearerReads] = [Math.max(from.writes, to.writes), Math.max(from.reads, to.reads)];
  const more = inUsd(loops.reduce<Surcharges>((all, { counters }) => addSurcharges(all, counters.surcharges), {}));
  const items = {
    s3List: sum(({ counters }) => counters.requests.list) * PRICES.list * dearerWrites,
    s3Copy:
      (sum(({ counters }) => counters.requests.copy + counters.requests.other) * standard.write + more.copy) *
      to.writes,
    s3Head: (sum(({ counters }) => counters.requests.head) * standard.read + more.head) * dearerReads,
    ...(more.retrieval > 0 && { s3Retrieval: more.retrieval }),
    ...(transfer > 0 && { s3Transfer: transfer }),
    ...(more.earlyDelete > 0 && { s3EarlyDelete: more.earlyDelete }),
    ...(more.kms > 0 && { kms: more.kms }),
    ...(rangeMemoryMib !== undefined && deployedItems(phases, rangeMemoryMib, to.stateTransitions)),
  };
  const rounded = Object.fromEntries(Object.entries(items).map(([item, usd]) => [item, roundUsd(usd)]));
  return {
    total: roundUsd(Object.values(items).reduce((total, usd) => total + usd, 0)),
    items: rounded,
    prices: { asOf: PRICES_AS_OF, region: pricedRegion(regions?.destinationRegion) },
    notIncluded: [...NOT_INCLUDED, ...(rangeMemoryMib === undefined ? [] : NOT_INCLUDED_IN_AWS)],
  };
}

/** What Step Functions and Lambda cost. @param factor  of the Region's price of a transition */
function deployedItems(phases: readonly FinishedPhase[], rangeMemoryMib: number, factor: number) {
  const loops = loopsOf(phases);
  const sum = (name: 'ranges' | 'mapRanges' | 'rounds' | 'busyMs') =>
    loops.reduce((total, loop) => total + loop[name], 0);
  const transitions =
    TRANSITIONS.run +
    phases.length * TRANSITIONS.phase +
    sum('rounds') * TRANSITIONS.round +
    sum('mapRanges') * TRANSITIONS.mapRange;
  const invocations = sum('ranges') + sum('rounds') + phases.length + 2;
  return {
    stepFunctions: transitions * PRICES.stateTransition * factor,
    lambda:
      invocations * PRICES.lambdaRequest + ((sum('busyMs') / 1000) * rangeMemoryMib * PRICES.lambdaGbSecond) / 1024,
  };
}

function loopsOf(phases: readonly FinishedPhase[]): FinishedLoop[] {
  return phases.flatMap((phase) => [phase.copy, phase.delete]);
}

/** A plan and a verify phase copy nothing: they only count. */
export function copiedGib(phases: readonly FinishedPhase[]): number {
  const writing = phases.filter(({ name }) => !writesNothing(name));
  return writing.reduce((sum, { copy }) => sum + copy.counters.copiedBytes, 0) / GIB;
}

function inUsd(surcharges: Surcharges): Record<SurchargeKind, number> {
  const usd = SURCHARGES.map((kind) => [kind, (surcharges[kind] ?? 0) / 1e9]);
  return Object.fromEntries(usd);
}

/** Rounds to a millionth of a dollar. */
export function roundUsd(usd: number): number {
  return Math.round(usd * 1e6) / 1e6;
}
