import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { countersOf, type LoopProgress, type Progress, plannedBy, plannedEarlier } from '../../local/progress';
import {
  addCounters,
  type CaughtError,
  emptyCounters,
  type FinishedPhase,
  type KeptPlan,
  type LoopState,
  type Phase,
  type RunState,
  type RunSummary,
} from '../../statemachine/contract';
import { writesNothing } from '../../statemachine/writes-nothing';

export type Loop = 'copy' | 'delete';

/** The part of the run's state in `CopyOneRange`, `CopyRanges`, `AdvanceCopy` and the like. It includes their own loop. */
type BranchState = Partial<Record<Loop, LoopState>>;

const LOOP_OF_STATE: Readonly<Record<string, Loop>> = {
  CopyOneRange: 'copy',
  CopyRanges: 'copy',
  AdvanceCopy: 'copy',
  DeleteOneRange: 'delete',
  DeleteRanges: 'delete',
  AdvanceDelete: 'delete',
};

const LAST_EVENTS: ReadonlySet<string> = new Set([
  'ExecutionSucceeded',
  'ExecutionFailed',
  'ExecutionAborted',
  'ExecutionTimedOut',
]);

/**
 * The progress of a run, read from its execution's history. Counters come at the end of each round, from the Advance states.
 * Within a round, only the map runs know how many of its ranges are done.
 *
 * | event | shows |
 * | --- | --- |
 * | `ParallelStateEntered` RunPhase | the phase, and the phases before it |
 * | `TaskStateEntered` CopyOneRange, DeleteOneRange | a loop's round, which has one range and no map run |
 * | `MapStateEntered` CopyRanges, DeleteRanges | a loop's round, and how many ranges it has |
 * | `MapRunStarted` | the map run that counts the ranges |
 * | `TaskStateExited` AdvanceCopy, AdvanceDelete | a loop's counters |
 * | `TaskStateExited` FinishRun | the summary |
 * | `LambdaFunctionFailed`, `TaskFailed` and the like | an error; the Task may be tried again |
 * | `ExecutionSucceeded`, `ExecutionFailed` and the like | the end of the run |
 */
export class ObservedRun {
  /** Set when the run has ended by itself. */
  summary: RunSummary | undefined;
  /** Whether the history has been read to its end. */
  isComplete = false;
  /** Map runs that count the ranges of the current rounds. */
  readonly mapRuns: Partial<Record<Loop, string>> = {};
  #state: RunState | undefined;
  #loops: Partial<Record<Loop, LoopState>> = {};
  #phaseBeganMs = 0;
  /** When the last round of each loop ended in this phase. */
  #countedMs: Partial<Record<Loop, number>> = {};
  readonly #previous = new Map<number, number>();
  readonly #entered = new Map<number, string>();

  constructor(private readonly note: (line: string) => void) {}

  /** Adds the next event. Events come in the order of their ids. */
  add(event: HistoryEvent): void {
    const { id = 0, previousEventId = 0, stateEnteredEventDetails: entered, stateExitedEventDetails: exited } = event;
    this.#previous.set(id, previousEventId);
    if (entered?.name) this.#entered.set(id, entered.name);
    if (entered?.name === 'RunPhase') this.#beginPhase(parse<RunState>(entered.input), timeOf(event));
    if (entered?.name) this.#update(entered.name, entered.input, timeOf(event));
    if (exited?.name) this.#update(exited.name, exited.output, timeOf(event));
    if (exited?.name === 'ClosePhase') this.#state = parse<RunState>(exited.output);
    if (exited?.name === 'FinishRun') this.summary = parse<RunSummary>(exited.output);
    if (event.mapRunStartedEventDetails) this.#beginMapRun(id, event.mapRunStartedEventDetails.mapRunArn);
    // a redrive continues after the end
    this.isComplete = LAST_EVENTS.has(event.type ?? '');
    const failure = failureOf(event);
    if (failure) this.note(`${this.#stateOf(id) ?? 'a Task'} failed: ${failure}`);
  }

  get phases(): readonly FinishedPhase[] {
    const done = this.#state?.done ?? [];
    const phase = this.#state?.phases[0];
    if (!phase) return done;
    const { copy, delete: deletes } = this.#loops;
    const { counters, ...loop } = finished(deletes);
    // if one walk decides both sides, the copy loop has the counters of both
    const found = { ...counters, ...copy?.atDestination };
    return [...done, { name: phase.name, copy: finished(copy), delete: { ...loop, counters: found } }];
  }

  /** Whether the run writes nothing on purpose. */
  get dryRun(): boolean {
    return this.#state?.run.input.dryRun === true;
  }

  /** The plan that the run applies. */
  get plan(): KeptPlan | undefined {
    return this.#state?.run.plan;
  }

  /** @param ranges  how many ranges of the current rounds run and are done */
  progress(ranges: Partial<Record<Loop, RangeCounts>>): Progress | undefined {
    const phase = this.#state?.phases[0];
    if (!phase) return undefined;
    return {
      phase: phase.name,
      copy: this.#describe('copy', phase, ranges),
      delete: this.#describe('delete', phase, ranges),
      ...(phase.write && carriedOut(this.#state?.done ?? [], this.plan)),
    };
  }

  #beginPhase(state: RunState, atMs: number): void {
    this.#state = state;
    this.#loops = { ...state.loops };
    this.#phaseBeganMs = atMs;
    this.#countedMs = {};
    delete this.mapRuns.copy;
    delete this.mapRuns.delete;
  }

  #update(state: string, json: string | undefined, atMs: number): void {
    const loop = LOOP_OF_STATE[state];
    if (!loop) return;
    const found = parse<BranchState>(json)[loop];
    if (!found) return;
    const error = found.error && this.#loops[loop]?.error === undefined ? found.error : undefined;
    if (error) this.note(`the ${loop} loop ends: ${describeError(error)}`);
    if (found.round > (this.#loops[loop]?.round ?? 0)) this.#countedMs[loop] = atMs;
    this.#loops[loop] = found;
    if (state.startsWith('Advance')) delete this.mapRuns[loop];
  }

  #beginMapRun(id: number, arn: string | undefined): void {
    const loop = LOOP_OF_STATE[this.#stateOf(id) ?? ''];
    if (loop) this.mapRuns[loop] = arn;
  }

  /** The state of an event: the last state that was entered before it. */
  #stateOf(id: number): string | undefined {
    for (let at = id; at > 0; at = this.#previous.get(at) ?? 0) {
      const name = this.#entered.get(at);
      if (name) return name;
    }
    return undefined;
  }

  #describe(loop: Loop, phase: Phase, ranges: Partial<Record<Loop, RangeCounts>>): LoopProgress {
    const state = this.#loops[loop];
    if (!phase[loop] || !state) return { round: 0, running: 0, counters: emptyCounters() };
    const { round, tokens } = state;
    const atMs = this.#countedMs[loop] ?? this.#phaseBeganMs;
    const shown = { counters: countersOf(state), counted: { sinceMs: this.#phaseBeganMs, atMs } };
    if (tokens.length === 0) return { round, running: 0, ...shown };
    // a round of one range has no map run, and a round of several begins its map run a moment later
    const uncounted = { running: tokens.length === 1 ? 1 : 0, done: 0, total: tokens.length };
    const { running, ...known } = ranges[loop] ?? uncounted;
    return { round: round + 1, running, ranges: known, ...shown };
  }
}

/** Number of ranges in a round. */
export interface RangeCounts {
  readonly running: number;
  readonly done: number;
  readonly total: number;
}

/**
 * What the plan of a run decided, and what its phases so far did of it.
 *
 * @param kept  the plan that the run applies: its own, or one that an earlier run has made
 */
function carriedOut(done: readonly FinishedPhase[], kept: KeptPlan | undefined): Pick<Progress, 'plan' | 'earlier'> {
  const plan = done.findLast(({ name }) => name === 'plan');
  const writing = done.filter(({ name }) => !writesNothing(name));
  const sum = (loop: Loop) => writing.map((phase) => phase[loop].counters).reduce(addCounters, emptyCounters());
  // every plan of a run that deletes looks for the deletes, and not every plan for the copies
  const found = plan && { ...(plan.copy.rounds > 0 && { copy: plan.copy.counters }), delete: plan.delete.counters };
  const own = found && { ...plannedBy(found), ...(kept && { isAll: true as const }) };
  const planned = own ?? (kept && plannedEarlier(kept));
  return { ...(planned && { plan: planned }), earlier: { copy: sum('copy'), delete: sum('delete') } };
}

function timeOf({ timestamp }: HistoryEvent): number {
  return timestamp?.getTime() ?? 0;
}

function finished(loop: LoopState | undefined): FinishedPhase['copy'] {
  const { counters = emptyCounters(), round = 0, ranges = 0, mapRanges = 0, busyMs = 0 } = loop ?? {};
  return { counters, rounds: round, ranges, mapRanges, busyMs };
}

function failureOf(event: HistoryEvent): string | undefined {
  const details =
    event.lambdaFunctionFailedEventDetails ??
    event.lambdaFunctionTimedOutEventDetails ??
    event.lambdaFunctionScheduleFailedEventDetails ??
    event.lambdaFunctionStartFailedEventDetails ??
    event.taskFailedEventDetails ??
    event.taskTimedOutEventDetails ??
    event.mapRunFailedEventDetails;
  return details && describeError({ Error: details.error ?? event.type ?? 'Error', Cause: details.cause ?? '' });
}

/** Lambda wraps a handler's error into JSON. */
function describeError({ Error: name, Cause = '' }: CaughtError): string {
  const [, message = Cause] = /"errorMessage":\s*("(?:[^"\\]|\\.)*")/.exec(Cause) ?? [];
  const text = message === Cause ? Cause : (JSON.parse(message) as string);
  return text === '' ? name : `${name}: ${text}`;
}

function parse<State>(json: string | undefined): State {
  return JSON.parse(json || '{}') as State;
}
