import { DescribeMapRunCommand, GetExecutionHistoryCommand, type HistoryEvent } from '@aws-sdk/client-sfn';
import type { Progress } from '../../local/progress';
import type { Execution } from './executions';
import { type Loop, ObservedRun, type RangeCounts } from './observed-run';
import { isUnseen, readUntil, SYSTEM_CLOCK } from './patience';

/** Follows the history of an execution: each call reads the events since the previous call. */
export class HistoryReader {
  readonly run: ObservedRun;
  #lastEvent = 0;

  constructor(
    private readonly execution: Execution,
    note: (line: string) => void = () => {},
  ) {
    this.run = new ObservedRun(note);
  }

  /** Reads the new events backwards, because a history can only be read from its beginning or its end. */
  async readNew(): Promise<void> {
    const events: HistoryEvent[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.#client.send(
        new GetExecutionHistoryCommand({
          executionArn: this.execution.arn,
          reverseOrder: true,
          includeExecutionData: true,
          maxResults: PAGE_SIZE,
          nextToken,
        }),
      );
      const found = page.events ?? [];
      const fresh = found.filter(({ id = 0 }) => id > this.#lastEvent);
      events.push(...fresh);
      nextToken = fresh.length === found.length ? page.nextToken : undefined;
    } while (nextToken !== undefined);
    this.#lastEvent = Math.max(this.#lastEvent, ...events.map(({ id = 0 }) => id));
    for (const event of events.reverse()) this.run.add(event);
  }

  /** Reads to the last event of an execution that has ended. Its history may lag behind its status. */
  async readToEnd(clock = SYSTEM_CLOCK): Promise<void> {
    await readUntil(
      () => this.readNew(),
      () => this.run.isComplete,
      clock,
    );
  }

  async progress(): Promise<Progress | undefined> {
    const [copy, deletes] = await Promise.all([this.#countRanges('copy'), this.#countRanges('delete')]);
    return this.run.progress({ copy, delete: deletes });
  }

  async #countRanges(loop: Loop): Promise<RangeCounts | undefined> {
    const mapRunArn = this.run.mapRuns[loop];
    if (mapRunArn === undefined) return undefined;
    const found = await this.#client.send(new DescribeMapRunCommand({ mapRunArn })).catch((error: unknown) => {
      if (!isUnseen(error)) throw error;
      return undefined; // it has just begun
    });
    if (!found) return undefined;
    const { itemCounts } = found;
    const { running = 0, succeeded = 0, failed = 0, timedOut = 0, aborted = 0, total = 0 } = itemCounts ?? {};
    return { running, done: succeeded + failed + timedOut + aborted, total };
  }

  get #client() {
    return this.execution.stateMachine.clients.stepFunctions;
  }
}

/** The maximum in one answer. */
const PAGE_SIZE = 1000;
