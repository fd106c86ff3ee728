import {
  type AdvanceInput,
  addCounters,
  addFound,
  type ContinuationToken,
  type Counters,
  emptyCounters,
  type FailedRange,
  type KeptPlan,
  type LoopState,
  type RangeResult,
  type UnfinishedUpload,
} from '../../../statemachine/contract';
import { isAboutSomeKeys } from '../../../statemachine/some-keys';
import { closePlan, closeRound, writerOf } from '../kept-plan/plan-index';
import { PlanOutline } from '../kept-plan/plan-listing';
import { PlanParts } from '../kept-plan/plan-parts';
import { openBuckets } from '../listing/hide-reserved';
import { judgeRound } from '../phases/round-limits';
import { budgetOf, keepsPlan, planToApply, walksBothSides } from '../phases/start-loops';
import type { BucketReader } from '../ports/bucket-reader';
import type { Buckets } from '../ports/bucket-writer';
import type { Host } from '../ports/host';
import { gravest } from '../run/caught-errors';
import { requireContract } from '../run/require-contract';
import { Lacks } from '../server/lacks';
import { placeOfLacks } from '../server/place-of-lacks';
import { BothSides } from '../split/both-sides';
import { planRound } from '../split/plan-round';
import { FIRST_SHARE, withAwayTime } from '../split/range-share';
import { abortAll, uploadsWithin } from '../uploads/unfinished-uploads';

/**
 * Tasks `AdvanceCopy` and `AdvanceDelete`: adds the results of a round to its loop, and prepares the next round, in which the
 * ranges that are left are split further. If a range has failed after all retries, the loop ends. The other loop goes on.
 *
 * @param side  the side that the loop walks
 */
export async function advanceLoop(input: AdvanceInput, host: Host, side: 'source' | 'destination'): Promise<LoopState> {
  requireContract(input.run.contract);
  const { loop, run } = input;
  const round = addUp(loop);
  const { tokens, uploads, done } = round;
  const { idle, error: limit } = judgeRound(input, { ...done, listed: round.decided }, tokens, uploads.length > 0);
  const error = gravest(round.failures.map((failure) => failure.error)) ?? limit;
  const own = emptyCounters();
  const lacks = await Lacks.open(run, placeOfLacks(run.input, host));
  const buckets = openBuckets(host, run, { counters: own.requests, onSlowDown() {}, lacks, signal: host.signal });
  if (error) await abortAll([...loop.uploads, ...round.handedOn], buckets.destination.uploads);
  const next = error
    ? { tokens: [], waiting: [], uploads: [], share: FIRST_SHARE }
    : await planRound(
        { tokens, uploads, copies: input.phase.write && side === 'source' },
        walkedSide(input, buckets, side, host),
        mostRanges(input, tokens, host),
        {
          pages: walksKeys(input) ? 0 : loop.counters.requests.list + done.requests.list,
          shouldStop: () => host.signal.aborted,
        },
      );
  await lacks?.close();
  const awayMs = (loop.share.awayMs ?? 0) + Math.max(0, ...round.finished.map((range) => range.awayMs ?? 0));
  const plan = error ? undefined : await keepPlan(input, next.tokens.length === 0, host);
  return {
    round: loop.round + 1,
    budgetMs: budgetOf(loop.round + 1, host.roundBudgetsMs),
    ...next,
    share: withAwayTime(next.share, awayMs),
    ...sumsOf(loop, round, own),
    ...(plan && { plan }),
    ...(idle && { idle }),
    ...(error && { error }),
  };
}

/** What the ranges of a round have returned. */
interface Round {
  readonly ranges: number;
  readonly finished: readonly RangeResult[];
  readonly failures: readonly FailedRange[];
  readonly done: Counters;
  /** How many objects of both sides were decided. */
  readonly decided: number;
  /** What is left of the loop. */
  readonly tokens: readonly ContinuationToken[];
  readonly uploads: readonly UnfinishedUpload[];
  /** Those of `uploads` that this round has left. */
  readonly handedOn: readonly UnfinishedUpload[];
}

function addUp(loop: AdvanceInput['loop']): Round {
  const { result, results = result === undefined ? [] : [result] } = loop;
  const finished = results.filter((range): range is RangeResult => 'counters' in range);
  const failures = results.filter((range): range is FailedRange => 'error' in range);
  const done = finished.reduce((sum, { counters }) => addCounters(sum, counters), emptyCounters());
  const decided = finished.reduce((sum, { atDestination }) => sum + (atDestination?.listed ?? 0), done.listed);
  const handedOn = finished.flatMap((range) => range.uploads ?? []);
  const uploads = [...uploadsWithin(loop.waiting, loop.uploads), ...handedOn];
  const tokens = [...loop.waiting, ...finished.flatMap((range) => range.tokens)];
  return { ranges: results.length, finished, failures, done, decided, tokens, uploads, handedOn };
}

/** @param own  the requests of this Task */
function sumsOf(loop: AdvanceInput['loop'], { ranges, finished, done }: Round, own: Counters) {
  const content = loop.content ?? finished.find((range) => range.content !== undefined)?.content;
  const matched = finished.reduce((bits, range) => bits | (range.matched ?? 0), loop.matched ?? 0);
  const found = [loop, ...finished].flatMap(({ atDestination }) => atDestination ?? []);
  return {
    counters: addCounters(addCounters(loop.counters, done), own),
    ranges: loop.ranges + ranges,
    mapRanges: loop.mapRanges + (loop.results?.length ?? 0),
    busyMs: finished.reduce((sum, { elapsedMs }) => sum + elapsedMs, loop.busyMs),
    lostDeletes: finished.reduce((sum, { lostDeletes = 0 }) => sum + lostDeletes, loop.lostDeletes),
    ...(content !== undefined && { content }),
    ...(matched !== 0 && { matched }),
    ...(found.length > 0 && { atDestination: found.reduce(addFound) }),
  };
}

/** How many ranges the next round may have. What is left of a walk of some keys is cut at these keys already. */
function mostRanges(input: AdvanceInput, left: readonly unknown[], { rangesAtOnce }: Host): number {
  const free = Math.min(input.run.input.maxConcurrency, rangesAtOnce);
  return walksKeys(input) ? Math.min(free, Math.max(1, left.length)) : free;
}

function walksKeys({ run, phase }: AdvanceInput): boolean {
  return isAboutSomeKeys(run.input) && !planToApply(phase, run);
}

/** Lists the parts of a plan that this round has added. @returns the plan, if it is complete */
async function keepPlan(
  { run, phase, loop }: AdvanceInput,
  isLast: boolean,
  host: Host,
): Promise<KeptPlan | undefined> {
  const { runStore } = host;
  if (!keepsPlan(phase, run, runStore)) return undefined;
  const { round, result, results = [result] } = loop;
  const writers = results.flatMap((range, index) =>
    range && 'plan' in range && range.plan !== undefined ? [writerOf({ round, index }, range.plan)] : [],
  );
  if (isLast) return closePlan(runStore, run.id, round, writers);
  await closeRound(runStore, run.id, round, writers);
  return undefined;
}

/**
 * The keys by which ranges are cut: the keys of both sides if one walk decides both, the ends of the plan's parts if a plan is applied,
 * otherwise the keys of the walked side.
 */
function walkedSide(
  { run, phase, loop }: AdvanceInput,
  buckets: Buckets,
  side: 'source' | 'destination',
  { runStore }: Host,
): Pick<BucketReader, 'listPage'> {
  const plan = planToApply(phase, run);
  if (plan) {
    const ranges = [...loop.tokens.flat(), ...loop.waiting];
    return new PlanOutline(() => PlanParts.open(runStore, plan, side === 'source' ? 'copy' : 'delete', ranges));
  }
  return walksBothSides(phase, run) ? new BothSides(buckets.source, buckets.destination) : buckets[side];
}
