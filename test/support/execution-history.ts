import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { TaskName } from '../../local/handlers';
import type { LoopState, RangeInput, RunState, RunSummary } from '../../statemachine/contract';

type Loop = 'copy' | 'delete';
/** As it is sent: times are numbers. */
type SentEvent = Omit<HistoryEvent, 'timestamp'> & { readonly timestamp: number };
type Details = Omit<HistoryEvent, 'timestamp' | 'id' | 'previousEventId' | 'type'>;

const MAP_OF_RANGE: Partial<Record<TaskName, string>> = { CopyRange: 'CopyRanges', DeleteRange: 'DeleteRanges' };
/** The Task of a round of one range, which needs no Map. */
const ONE_RANGE: Partial<Record<TaskName, string>> = { CopyRange: 'CopyOneRange', DeleteRange: 'DeleteOneRange' };

/** Items of a map run. */
export interface ItemCounts {
  readonly total: number;
  running: number;
  succeeded: number;
}

/**
 * An execution, with the history that AWS writes of it:
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */
export class FakeExecution {
  readonly startDate = seconds();
  readonly mapRuns = new Map<string, ItemCounts>();
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED' = 'RUNNING';
  /** Settled once nothing of it runs any more. */
  ended: Promise<void> = Promise.resolve();
  #stopDate: number | undefined;
  #outcome: { readonly output?: string; readonly error?: string; readonly cause?: string } = {};
  /** Of the history, events that nobody gets to see until so many more readings of it. */
  lag = { events: 0, readings: 0 };
  readonly #events: SentEvent[] = [];
  /** The last event of the main path, and of each branch of the Parallel state. */
  #last: Record<'main' | Loop, number> = { main: 0, copy: 0, delete: 0 };
  #loops: Partial<Record<Loop, LoopState>> = {};
  #mapRun: Partial<Record<Loop, ItemCounts>> = {};

  constructor(
    readonly arn: string,
    readonly name: string,
    readonly input: string,
  ) {
    this.#add('main', 'ExecutionStarted', { executionStartedEventDetails: { input } });
  }

  /** Runs a Task and writes down what happens. */
  async record(task: TaskName, input: unknown, invoke: () => Promise<unknown>): Promise<unknown> {
    if (task === 'CopyRange' || task === 'DeleteRange') return this.#recordRange(task, input as RangeInput, invoke);
    const loop = task === 'AdvanceCopy' ? 'copy' : task === 'AdvanceDelete' ? 'delete' : undefined;
    const path = loop ?? 'main';
    if (loop) this.#endMapRun(loop);
    const result = await this.#recordTask(path, task, input, invoke, (output) => (loop ? { [loop]: output } : output));
    if (loop) this.#loops[loop] = result as LoopState;
    else if (task !== 'FinishRun') this.#beginPhase(result as RunState);
    return result;
  }

  /** Ends with the run, unless it was stopped before. */
  end(run: Promise<RunSummary>): void {
    this.ended = run.then(
      (summary) => {
        if (this.status !== 'RUNNING') return;
        this.#stopDate = seconds();
        this.status = summary.error ? 'FAILED' : 'SUCCEEDED';
        // as in AWS: a failed execution has no output
        this.#outcome = summary.error
          ? { error: summary.error.name, cause: summary.error.message }
          : { output: JSON.stringify(summary) };
        this.#add('main', summary.error ? 'ExecutionFailed' : 'ExecutionSucceeded', {});
      },
      () => {},
    );
  }

  abort(error: string | undefined, cause: string | undefined): number {
    this.status = 'ABORTED';
    this.#outcome = { error, cause };
    this.#stopDate = seconds();
    this.#add('main', 'ExecutionAborted', { executionAbortedEventDetails: { error, cause } });
    return this.#stopDate;
  }

  describe(): object {
    return { ...this.listItem(), input: this.input, ...this.#outcome };
  }

  listItem(): object {
    const { arn: executionArn, name, status, startDate } = this;
    return { executionArn, name, status, startDate, stopDate: this.#stopDate };
  }

  /** Backwards; small pages, so that there are always several. */
  readHistory(maxResults = 100, nextToken?: string): object {
    const late = nextToken === undefined && this.lag.readings-- > 0 ? this.lag.events : 0;
    const end = nextToken === undefined ? this.#events.length - late : Number(nextToken);
    const start = Math.max(0, end - Math.min(maxResults, 7));
    const events = this.#events.slice(start, end).reverse();
    return { events, ...(start > 0 && { nextToken: String(start) }) };
  }

  async #recordTask(
    path: 'main' | Loop,
    name: string,
    input: unknown,
    invoke: () => Promise<unknown>,
    outputOf: (result: unknown) => unknown,
  ): Promise<unknown> {
    this.#add(path, 'TaskStateEntered', { stateEnteredEventDetails: { name, input: JSON.stringify(input) } });
    this.#add(path, 'LambdaFunctionScheduled', {});
    const result = await invoke().catch((error: Error) => {
      const cause = JSON.stringify({ errorType: error.name, errorMessage: error.message, trace: [] });
      this.#add(path, 'LambdaFunctionFailed', { lambdaFunctionFailedEventDetails: { error: error.name, cause } });
      throw error;
    });
    this.#add(path, 'LambdaFunctionSucceeded', {});
    const output = JSON.stringify(outputOf(result));
    this.#add(path, 'TaskStateExited', { stateExitedEventDetails: { name, output } });
    return result;
  }

  async #recordRange(task: TaskName, input: RangeInput, invoke: () => Promise<unknown>): Promise<unknown> {
    const loop = task === 'CopyRange' ? 'copy' : 'delete';
    const state = this.#loops[loop];
    if (state?.tokens.length === 1) {
      const { run, phase } = input;
      const held = (more: object) => ({ run, phase, [loop]: { ...state, ...more } });
      return this.#recordTask(loop, ONE_RANGE[task] ?? '', held({}), invoke, (result) => held({ result }));
    }
    const mapRun = this.#mapRun[loop] ?? this.#beginMapRun(loop, MAP_OF_RANGE[task] ?? '', input);
    mapRun.running += 1;
    try {
      return await invoke();
    } finally {
      mapRun.running -= 1;
      mapRun.succeeded += 1;
    }
  }

  #beginPhase(state: RunState): void {
    if (state.phases.length === 0) return;
    this.#loops = state.loops;
    const entered = { name: 'RunPhase', input: JSON.stringify(state) };
    this.#add('main', 'ParallelStateEntered', { stateEnteredEventDetails: entered });
    this.#add('main', 'ParallelStateStarted', {});
    this.#last = { main: this.#last.main, copy: this.#last.main, delete: this.#last.main };
  }

  #beginMapRun(loop: Loop, name: string, { run, phase }: RangeInput): ItemCounts {
    const state = this.#loops[loop];
    const input = JSON.stringify({ run, phase, [loop]: state });
    this.#add(loop, 'MapStateEntered', { stateEnteredEventDetails: { name, input } });
    this.#add(loop, 'MapStateStarted', { mapStateStartedEventDetails: { length: state?.tokens.length ?? 0 } });
    const mapRunArn = `${this.arn.replace(':execution:', ':mapRun:').replace(/:[^:]*$/, '')}/${name}:${this.#events.length}`;
    this.#add(loop, 'MapRunStarted', { mapRunStartedEventDetails: { mapRunArn } });
    const counts = { total: state?.tokens.length ?? 0, running: 0, succeeded: 0 };
    this.mapRuns.set(mapRunArn, counts);
    this.#mapRun[loop] = counts;
    return counts;
  }

  #endMapRun(loop: Loop): void {
    if (!this.#mapRun[loop]) return;
    this.#mapRun[loop] = undefined;
    this.#add(loop, 'MapRunSucceeded', {});
    this.#add(loop, 'MapStateExited', {
      stateExitedEventDetails: { name: loop === 'copy' ? 'CopyRanges' : 'DeleteRanges' },
    });
  }

  #add(path: 'main' | Loop, type: NonNullable<HistoryEvent['type']>, details: Details): void {
    if (this.status === 'ABORTED' && type !== 'ExecutionAborted') return;
    const id = this.#events.length + 1;
    this.#events.push({ id, previousEventId: this.#last[path], timestamp: seconds(), type, ...details });
    this.#last[path] = id;
  }
}

/** The time as AWS's JSON protocols have it. */
function seconds(): number {
  return Date.now() / 1000;
}
