/** Waiting bytes of one answer, above which its sender is asked to pause. Bytes in flight still arrive. */
const MOST_WAITING = 64 * 1024;

/** Received bytes that are not passed on yet, of all answers of this thread. */
export const bytesInFlight = { now: 0, most: 0 };

/** The source of an answer's bytes. */
export interface Flow {
  pause(): void;
  resume(): void;
  /** The rest is no longer wanted. */
  abort(reason: Error): void;
}

/**
 * The body of an answer, piece by piece on demand. A piece counts as in flight until the next one is requested, so a slow
 * reader slows the sender down.
 */
export class IncomingBytes implements AsyncIterable<Buffer> {
  readonly #waiting: Buffer[] = [];
  #bytes = 0;
  #paused = false;
  #ended = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(private readonly flow: Flow) {}

  add(chunk: Buffer): void {
    if (this.#ended) return;
    this.#waiting.push(chunk);
    this.#count(chunk.length);
    if (this.#bytes > MOST_WAITING && !this.#paused) {
      this.#paused = true;
      this.flow.pause();
    }
    this.#wake?.();
  }

  end(error?: Error): void {
    this.#error ??= error;
    this.#ended = true;
    this.#wake?.();
  }

  /** Ended by the reader. */
  cancel(reason: Error): void {
    if (this.#ended && this.#waiting.length === 0) return;
    this.end(reason);
    for (const chunk of this.#waiting.splice(0)) this.#count(-chunk.length);
    this.flow.abort(reason);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    try {
      for (;;) {
        const chunk = this.#waiting.shift();
        if (chunk) {
          try {
            yield chunk;
          } finally {
            this.#count(-chunk.length);
          }
          this.#resumeIfRead();
        } else if (this.#error) throw this.#error;
        else if (this.#ended) return;
        else await this.#more();
      }
    } finally {
      this.cancel(new Error('Nobody reads the rest of it'));
    }
  }

  #resumeIfRead(): void {
    if (!this.#paused || this.#bytes > MOST_WAITING / 2) return;
    this.#paused = false;
    this.flow.resume();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    bytesInFlight.now += bytes;
    bytesInFlight.most = Math.max(bytesInFlight.most, bytesInFlight.now);
  }
}
