import { InterruptedError } from '../../../statemachine/errors';
import { EndpointError } from '../ports/endpoint-error';
import type { Host } from '../ports/host';
import type { BucketsOfRun } from '../ports/worlds';

/** Less than a minute, so that a run whose server does not answer ends within a minute. */
const STEP_MS = 55_000;
/** Long enough for a page that takes half a minute, and short enough for a second attempt. */
export const LIST_ATTEMPT_MS = 40_000;
/** Shorter than the 110 seconds of the function and the 120 of the Task: after these, no error could say what was waited for. */
export const TOTAL_MS = 103_000;
/** Left at the end of the function, to give back the lock and abort trial uploads. */
export const CLOSING_MS = 7_000;

/**
 * Ends `ValidateInput` if its requests are not answered. It aborts the same signal as somebody who stops the run, so the run
 * gives back what it has begun. On a server other than AWS, each step has a time limit of its own. AWS is seldom silent for
 * long, so there all steps share the time of the function.
 */
export class AnswerDeadline {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #end: number;
  #timer: NodeJS.Timeout | undefined;
  #servers: readonly string[];
  #step = '';
  #begunAt = 0;
  #failedBefore = 0;
  #isOver = false;

  constructor(private readonly host: Host) {
    this.signal = AbortSignal.any([host.signal, this.#controller.signal]);
    this.#end = Date.now() + Math.min(TOTAL_MS, host.remainingMs() - CLOSING_MS);
    this.#servers = host.endpoint === undefined ? [] : [host.endpoint];
  }

  /** Begins a step. @param step  what the run does in it, for the error */
  begin(step: string): void {
    this.#step = step;
    this.#begunAt = Date.now();
    this.#failedBefore = this.host.failedAttempts?.count ?? 0;
    const most = this.#end - this.#begunAt;
    const { answerMs = STEP_MS } = this.host.patience;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#isOver = true;
        this.#controller.abort();
      },
      Math.max(1, this.#servers.length === 0 ? most : Math.min(answerMs, most)),
    );
  }

  /** Names the two servers of the run, once they are known. */
  about(run: BucketsOfRun): void {
    const sides = this.host.worlds?.describe(run);
    if (!sides) return;
    const servers = [sides.source, sides.destination].flatMap(({ endpoint }) => endpoint ?? []);
    this.#servers = [...new Set(servers)];
  }

  /** @returns `error`; if the time was over, what the run waited for */
  explain(error: unknown): unknown {
    if (!this.#isOver || this.host.signal.aborted || !(error instanceof InterruptedError)) return error;
    const server = this.#servers.join(' or ') || 'S3';
    const seconds = Math.round((Date.now() - this.#begunAt) / 1000);
    const { count, last } = this.host.failedAttempts ?? { count: 0 };
    const failed = count - this.#failedBefore;
    if (!last || failed === 0) {
      return new EndpointError(
        `${server} did not answer within ${seconds} s, while the run ${this.#step}. Nothing was copied or deleted. ` +
          'Make sure that it is an S3 endpoint, and that nothing in between holds requests back',
      );
    }
    const { name, words, advice } = last;
    const message =
      `The run ${this.#step} for ${seconds} s without success: ${failed} requests to ${server} failed, the last one by ${words}. ` +
      `Nothing was copied or deleted. ${advice}`;
    return Object.assign(new Error(message), { name });
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
