import {
  type AdvanceInput,
  addCounters,
  type CaughtError,
  type ContinuationToken,
  type Counters,
  type LoopState,
} from '../../../statemachine/contract';
import { ListingError } from '../../../statemachine/errors';
import { isExecutionArn } from '../../../statemachine/execution-id';

/**
 * The most rounds of a run, in both loops and all phases together. An execution may have 25,000 events in its history. After
 * that, Step Functions ends it and no Catch runs. A round needs up to 13 events (12 if it has one range), and three more for each
 * failed attempt of `AdvanceCopy` or of the only range. A run on this machine has no such history. It ends only if its rounds do
 * next to nothing.
 */
export const MOST_ROUNDS = 1_600;

/** A round that does less than this on average does next to nothing. */
const LEAST_OBJECTS = 1_000;
const LEAST_BYTES = 100_000_000;

/** How many rounds may make no progress. Budgets grow up to the fourth round, so slowness alone is not the reason. */
export const MOST_STUCK = 8;

/** How many rounds may go on with listings without finding an object. */
export const MOST_IDLE = 200;

/** The verdict on a loop's round. If `error` is set, no other round follows. */
export interface RoundEnd {
  readonly idle?: NonNullable<LoopState['idle']>;
  readonly error?: CaughtError;
}

/**
 * Ends loops that would never end, or only when the execution's history is full.
 *
 * | consecutive rounds                            | no more than  |
 * | --------------------------------------------- | ------------- |
 * | decide nothing and bring back the same tokens | `MOST_STUCK`  |
 * | decide nothing, but their listings go on      | `MOST_IDLE`   |
 * | all rounds of all loops and phases together   | `MOST_ROUNDS` |
 *
 * A round with unfinished uploads is not idle: a large object that is copied in parts may need many rounds.
 *
 * @param round  the counters of the round's ranges, added up
 * @param left  the tokens that are not done
 * @param isUploading  whether any of their objects has an unfinished upload
 */
export function judgeRound(
  { run, loop }: AdvanceInput,
  round: Counters,
  left: readonly ContinuationToken[],
  isUploading: boolean,
): RoundEnd {
  if (left.length === 0) return {};
  const isIdle = round.listed <= 0 && round.copiedBytes === 0 && !isUploading;
  const idle = isIdle ? idleAfter(loop, left) : undefined;
  const rounds = loop.round + 1;
  const isBounded = isExecutionArn(run.executionId) || isSlow(addCounters(loop.counters, round), rounds);
  // the other loop may need as many rounds
  const reason = reasonToEnd(idle, isBounded ? 2 * rounds + (run.rounds ?? 0) : 0);
  return { ...(idle && { idle }), ...(reason !== undefined && { error: describe(reason, left) }) };
}

function isSlow({ listed, copiedBytes }: Counters, rounds: number): boolean {
  return listed < rounds * LEAST_OBJECTS && copiedBytes < rounds * LEAST_BYTES;
}

function idleAfter({ tokens, waiting, idle }: LoopState, left: readonly ContinuationToken[]): RoundEnd['idle'] {
  const isStuck = describeAll([...tokens.flat(), ...waiting]) === describeAll(left);
  return { rounds: (idle?.rounds ?? 0) + 1, stuck: isStuck ? (idle?.stuck ?? 0) + 1 : 0 };
}

function describeAll(tokens: readonly ContinuationToken[]): string {
  return JSON.stringify(tokens.map(({ after, until, listing }) => JSON.stringify([after, until, listing])).sort());
}

function reasonToEnd(idle: RoundEnd['idle'], rounds: number): string | undefined {
  if (idle && idle.stuck >= MOST_STUCK) return `${MOST_STUCK} rounds made no progress`;
  if (idle && idle.rounds >= MOST_IDLE) return `${MOST_IDLE} rounds listed pages without a single object`;
  return rounds >= MOST_ROUNDS ? 'the run took as many rounds as the history of an execution can hold' : undefined;
}

function describe(reason: string, left: readonly ContinuationToken[]): CaughtError {
  const { name } = new ListingError(reason);
  const [first = {}] = left;
  const more = left.length === 1 ? '' : ` and ${left.length - 1} more ranges`;
  return {
    Error: name,
    Cause:
      `Stopped because ${reason}. Not finished: the range after ${show(first.after, 'the beginning')} up to ` +
      `${show(first.until, 'the end')}${more}. Everything done so far stays: run it again to continue. If it stops again, ` +
      'the server lists too slowly or goes in circles',
  };
}

function show(key: string | undefined, otherwise: string): string {
  if (key === undefined) return otherwise;
  return JSON.stringify(key.length <= 200 ? key : `${key.slice(0, 200)}…`);
}
