/**
 * Is aborted after a time, or together with another signal. Closed at the end of the work, it leaves neither a timer nor a listener.
 *
 * `AbortSignal.any` of an `AbortSignal.timeout` stays in memory until its time is over. Older versions of Node.js may also collect it
 * too early, so that it is never aborted.
 */
export class TimedSignal extends AbortController {
  readonly #timer: NodeJS.Timeout;

  static after(milliseconds: number, other: AbortSignal): TimedSignal {
    return new TimedSignal(milliseconds, other);
  }

  private constructor(
    milliseconds: number,
    private readonly other: AbortSignal,
  ) {
    super();
    this.#timer = setTimeout(this.#end, milliseconds).unref();
    other.addEventListener('abort', this.#end);
    if (other.aborted) this.#end();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.other.removeEventListener('abort', this.#end);
  }

  readonly #end = () => {
    this.close();
    this.abort();
  };
}
