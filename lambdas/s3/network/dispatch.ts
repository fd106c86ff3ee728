import { HttpResponse } from '@smithy/core/protocols';
import type { Dispatcher } from 'undici';

/** Limits that end an answer that does not end by itself. */
export interface AnswerLimits {
  /** Milliseconds from sending the request to the end of the answer. */
  readonly answerTimeout: number;
  /** Maximum size of the body of a good answer. */
  readonly maxBytes: number;
  /** Aborted if the answer is no longer wanted. */
  readonly signal?: AbortSignal;
  /** Called when a connection is ready, right before the request is sent. If it throws, the request is not sent. */
  readonly onStart?: () => void;
}

/** Maximum size of an error, which has only a code and a short message. */
const MAX_ERROR_BYTES = 1024 ** 2;

/** The answer is larger than any answer of S3. */
export class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';
}

/**
 * Sends one request and reads its answer.
 *
 * @throws Error  undici's error; or `TimeoutError`, `AnswerTooLargeError` or the reason of the signal, if a limit ended it
 */
export function dispatch(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  answer: Answer,
): Promise<HttpResponse> {
  dispatcher.dispatch(options, answer);
  return answer.ready;
}

/** Reads a complete answer, within its limits. */
export class Answer implements Dispatcher.DispatchHandler {
  /** Resolves when the answer is complete. */
  readonly ready: Promise<HttpResponse>;
  protected readonly response = new HttpResponse({ statusCode: 0 });
  readonly #chunks: Buffer[] = [];
  readonly #timer: NodeJS.Timeout;
  #bytes = 0;
  #mostBytes: number;
  #controller: Dispatcher.DispatchController | undefined;
  #failure: Error | undefined;
  protected resolve!: (response: HttpResponse) => void;
  #reject!: (error: Error) => void;

  constructor(private readonly limits: AnswerLimits) {
    const { answerTimeout, maxBytes, signal } = limits;
    this.#mostBytes = maxBytes;
    this.ready = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.#reject = reject;
    });
    this.#timer = setTimeout(() => this.fail(tooLate(answerTimeout)), answerTimeout);
    signal?.addEventListener('abort', this.#onAbort);
    if (signal?.aborted) this.#onAbort();
  }

  /** A limit may be reached while the request waits for a connection. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#failure) controller.abort(this.#failure);
    else this.limits.onStart?.();
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.response.statusCode = status;
    this.response.headers = joined(headers);
    if (status >= 300) this.#mostBytes = Math.min(this.#mostBytes, MAX_ERROR_BYTES);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#mostBytes) this.fail(tooLarge(this.#mostBytes));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.settle();
    this.response.body = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    // undici frees the connection in its own `setImmediate`, right after this; an earlier request would open another one
    process.nextTick(() => setImmediate(this.resolve, this.response));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.end(this.#failure ?? error);
  }

  readonly #onAbort = () => this.fail(this.limits.signal?.reason);

  /** Closes the connection, because further bytes on it would belong to this answer. */
  protected fail(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    this.end(error);
    this.#controller?.abort(error);
  }

  protected end(error: Error): void {
    this.settle();
    this.#chunks.length = 0;
    this.#reject(error);
  }

  protected settle(): void {
    clearTimeout(this.#timer);
    this.limits.signal?.removeEventListener('abort', this.#onAbort);
  }
}

/** The SDK's retries know the name. */
function tooLate(milliseconds: number): Error {
  const error = new Error(`the answer did not end within ${Math.ceil(milliseconds / 1000)} s`);
  return Object.assign(error, { name: 'TimeoutError' });
}

function tooLarge(bytes: number): Error {
  return new AnswerTooLargeError(`The answer did not end within ${bytes / 1024 ** 2} MiB`);
}

function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  for (const [name, value] of Object.entries(headers)) {
    if (Array.isArray(value)) headers[name] = value.join(', ');
  }
  return headers as Record<string, string>;
}
