import {
  type AdvanceInput,
  addCounters,
  type CaughtError,
  type ContinuationToken,
  type Counters,
  type LoopState,
} from '../../../statemachine/contract';
import { ListingError } from '../../../statemachine/errors';

/**
 * Rounds of both loops and all phases of a run. An execution has 25,000 events of history, a round takes up to 13 of them
 * (12 if it has one range) and three more for each attempt that failed of `AdvanceCopy` or of the only range, and past the last one the execution ends where no Catch runs. A run on this machine has no such history: it ends only if
 * its rounds do next to nothing.
 */
export const MOST_ROUNDS = 1_600;

/** What a round does at least, on average, that does more than next to nothing. */
const LEAST_OBJECTS = 1_000;
const LEAST_BYTES = 100_000_000;

/** Rounds that come no further: their budgets grow up to the fourth, so that slowness alone is no reason. */
export const MOST_STUCK = 8;

/** Rounds in which listings go on, but come to no object. */
export const MOST_IDLE = 200;

/** What became of a loop's round; `error` is why no other round follows. */
export interface RoundEnd {
  readonly idle?: NonNullable<LoopState['idle']>;
  readonly error?: CaughtError;
}

/**
 * Ends loops that would go on without an end, or until the execution's history is full.
 *
 * | rounds, one after the other                             | no more than  |
 * | ------------------------------------------------------- | ------------- |
 * | that decide nothing and come back with the same tokens  | `MOST_STUCK`  |
 * | that decide nothing, while their listings go on         | `MOST_IDLE`   |
 * | any, of all loops and phases together                   | `MOST_ROUNDS` |
 *
 * @param round  what its ranges did, added up
 * @param left  what is not done
 */
export function judgeRound({ run, loop }: AdvanceInput, round: Counters, left: readonly ContinuationToken[]): RoundEnd {
  if (left.length === 0) return {};
  const idle = isIdle(round, left) ? idleAfter(loop, left) : undefined;
  const rounds = loop.round + 1;
  const isBounded = run.executionId.startsWith('arn:') || isSlow(addCounters(loop.counters, round), rounds);
  // the other loop may take as many
  const reason = reasonToEnd(idle, isBounded ? 2 * rounds + (run.rounds ?? 0) : 0);
  return { ...(idle && { idle }), ...(reason !== undefined && { error: describe(reason, left) }) };
}

/** A large object that is copied in parts takes many rounds. */
function isIdle({ listed, copiedBytes }: Counters, left: readonly ContinuationToken[]): boolean {
  return listed <= 0 && copiedBytes === 0 && !left.some(({ upload }) => upload);
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
  if (idle && idle.stuck >= MOST_STUCK) return `${MOST_STUCK} rounds came no further`;
  if (idle && idle.rounds >= MOST_IDLE) return `${MOST_IDLE} rounds listed pages without a single object`;
  return rounds >= MOST_ROUNDS ? 'the run took as many rounds as the history of an execution has room for' : undefined;
}

function describe(reason: string, left: readonly ContinuationToken[]): CaughtError {
  const { name } = new ListingError(reason);
  const [first = {}] = left;
  const more = left.length === 1 ? '' : ` and ${left.length - 1} more ranges`;
  return {
    Error: name,
    Cause:
      `Stopped, since ${reason}. Left is the range behind ${show(first.after, 'the beginning')} up to ` +
      `${show(first.until, 'the end')}${more}. All that was done stays done: run it again to go on. If that ends alike, ` +
      'the server lists too slowly or goes in circles',
  };
}

function show(key: string | undefined, otherwise: string): string {
  if (key === undefined) return otherwise;
  return JSON.stringify(key.length <= 200 ? key : `${key.slice(0, 200)}…`);
}
