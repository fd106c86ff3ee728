import { HttpResponse } from '@smithy/core/protocols';
import type { Dispatcher } from 'undici';
import { type AnswerLimits, AnswerTooLargeError, joined, MAX_ERROR_BYTES, tooLate } from './dispatch';
import { IncomingBytes } from './incoming-bytes';

/**
 * Sends one request. Of a good answer the body is `IncomingBytes`, which come while they are read; any other answer is read
 * whole.
 *
 * @throws Error  as undici names it; `TimeoutError` or the reason of the signal where a limit ended it, also while the body is read
 */
export function dispatchStream(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  limits: AnswerLimits,
): Promise<HttpResponse> {
  const answer = new StreamedAnswer(limits);
  dispatcher.dispatch(options, answer);
  return answer.begun;
}

class StreamedAnswer implements Dispatcher.DispatchHandler {
  readonly begun: Promise<HttpResponse>;
  readonly #response = new HttpResponse({ statusCode: 0 });
  readonly #timer: NodeJS.Timeout;
  #refusal: Buffer[] | undefined;
  #bytes: IncomingBytes | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #failure: Error | undefined;
  #resolve!: (response: HttpResponse) => void;
  #reject!: (error: Error) => void;

  constructor(private readonly limits: AnswerLimits) {
    this.begun = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const { answerTimeout, signal } = limits;
    this.#timer = setTimeout(() => this.#fail(tooLate(answerTimeout)), answerTimeout);
    signal?.addEventListener('abort', this.#onAbort);
    if (signal?.aborted) this.#onAbort();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#failure) controller.abort(this.#failure);
    else this.limits.onStart?.();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#response.statusCode = status;
    this.#response.headers = joined(headers);
    if (status < 200 || status >= 300) {
      this.#refusal = [];
      return;
    }
    this.#bytes = new IncomingBytes({
      pause: () => controller.pause(),
      resume: () => controller.resume(),
      abort: (reason) => this.#fail(reason),
    });
    this.#response.body = this.#bytes;
    this.#resolve(this.#response);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes?.add(chunk);
    if (!this.#refusal) return;
    const bytes = this.#refusal.reduce((sum, { length }) => sum + length, chunk.length);
    if (bytes > MAX_ERROR_BYTES) this.#fail(new AnswerTooLargeError('The error did not end within 1 MiB'));
    else this.#refusal.push(chunk);
  }

  onResponseEnd(): void {
    this.#settle();
    this.#bytes?.end();
    if (!this.#refusal) return;
    this.#response.body = Buffer.concat(this.#refusal);
    this.#resolve(this.#response);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end(this.#failure ?? error);
  }

  readonly #onAbort = () => this.#fail(this.limits.signal?.reason);

  /** Closes the connection: what else comes on it belongs to this answer. */
  #fail(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#end(error);
    this.#controller?.abort(error);
  }

  #end(error: Error): void {
    this.#settle();
    this.#bytes?.end(error);
    this.#reject(error);
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.limits.signal?.removeEventListener('abort', this.#onAbort);
  }
}
