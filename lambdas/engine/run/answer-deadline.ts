import { InterruptedError } from '../../../statemachine/errors';
import { EndpointError } from '../ports/endpoint-error';
import type { Host } from '../ports/host';

/** So that a run has ended within a minute. */
const STEP_MS = 55_000;
/** A page may take half a minute; if the first attempt gets no answer, there is time for another one. */
export const LIST_ATTEMPT_MS = 40_000;
/** `ValidateInput` may take 120 seconds, its function 110: then nobody would say what was waited for. */
const TOTAL_MS = 103_000;
/** Of the function, for what is to be given back. */
const CLOSING_MS = 7_000;

/**
 * Ends `ValidateInput` if its requests are not answered. It does so as if somebody had stopped the run, so the run gives back what it
 * has begun. Each step has its time on a server other than AWS's. AWS answers late or not at all only for a while, so there the steps
 * share all the time that there is.
 */
export class AnswerDeadline {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #end: number;
  #timer: NodeJS.Timeout | undefined;
  #servers: readonly string[];
  #step = '';
  #begunAt = 0;
  #isOver = false;

  constructor(private readonly host: Host) {
    this.signal = AbortSignal.any([host.signal, this.#controller.signal]);
    this.#end = Date.now() + Math.min(TOTAL_MS, host.remainingMs() - CLOSING_MS);
    this.#servers = host.endpoint === undefined ? [] : [host.endpoint];
  }

  /** What it waits for from now on. */
  begin(step: string): void {
    this.#step = step;
    this.#begunAt = Date.now();
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

  /** The two servers of the run, once they are known. */
  about({ source, destination }: { readonly source: string; readonly destination: string }): void {
    const sides = this.host.worlds?.describe(source, destination);
    if (!sides) return;
    const servers = [sides.source, sides.destination].flatMap(({ endpoint }) => endpoint ?? []);
    this.#servers = [...new Set(servers)];
  }

  /** @returns what the work has failed with, or that it was not answered in time */
  explain(error: unknown): unknown {
    if (!this.#isOver || this.host.signal.aborted || !(error instanceof InterruptedError)) return error;
    const seconds = Math.round((Date.now() - this.#begunAt) / 1000);
    return new EndpointError(
      `${this.#servers.join(' or ') || 'S3'} did not answer within ${seconds} s, while the run ${this.#step}. Nothing was copied or deleted. ` +
        'Make sure that it is an S3 endpoint, and that nothing in between holds requests back',
    );
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
