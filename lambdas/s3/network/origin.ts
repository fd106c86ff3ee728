import type { HttpResponse } from '@smithy/core/protocols';
import type { Dispatcher } from 'undici';
import { explainFault, findTls, isOfConnection, neverAnswered } from './connection-faults';
import { type AnswerLimits, dispatch } from './dispatch';
import { dispatchStream } from './stream-answer';
import { openWay, type Way } from './way';

/** How long a server may take for its first answer. */
export interface Patience {
  /** In all attempts together, in milliseconds. */
  readonly totalMs: number;
  /** In one of them. */
  readonly attemptMs: number;
}

const PATIENCE: Patience = { totalMs: 24_000, attemptMs: 8_000 };

/** Which body is not read at once: that of the answer, or that of the request. */
export type Streamed = 'answer' | 'request';

/** A server that requests go to. One that has never answered is not waited for as long as one that has. */
export class Origin {
  #way: Promise<Way> | undefined;
  #hasAnswered = false;
  #firstAskedAt: number | undefined;

  /** @param name  protocol, host and port */
  constructor(
    private readonly name: string,
    private readonly patience = PATIENCE,
  ) {}

  /** @throws Error  says where it failed; it has a name that the SDK's retries know if another attempt may help */
  async send(options: Dispatcher.DispatchOptions, limits: AnswerLimits, stream?: Streamed): Promise<HttpResponse> {
    const { dispatcher, proxy } = await this.#open();
    const isFirst = !this.#hasAnswered;
    this.#firstAskedAt ??= Date.now();
    // A body takes its time.
    const answerTimeout =
      isFirst && !stream ? Math.min(limits.answerTimeout, this.patience.attemptMs) : limits.answerTimeout;
    const destination = () => ({ origin: this.name, proxy, hasAnswered: this.#hasAnswered });
    try {
      const answer = await (stream === 'answer' ? dispatchStream : dispatch)(dispatcher, options, {
        ...limits,
        answerTimeout,
      });
      const isOdd = isFirst && answer.statusCode === 400 && answer.headers['x-amz-request-id'] === undefined;
      const fault = isOdd ? await findTls(destination()) : undefined;
      if (fault) throw fault;
      this.#hasAnswered = true;
      return answer;
    } catch (error) {
      if (!isOfConnection(error)) throw error;
      if (error.name === 'TimeoutError' && this.#hasWaitedInVain())
        throw neverAnswered(this.patience.totalMs / 1_000, destination());
      throw await explainFault(error, destination());
    }
  }

  /** Another attempt would not end in time. */
  #hasWaitedInVain(): boolean {
    const { totalMs, attemptMs } = this.patience;
    return !this.#hasAnswered && Date.now() - (this.#firstAskedAt ?? 0) > totalMs - attemptMs;
  }

  destroy(): void {
    this.#way?.then(({ dispatcher }) => dispatcher.destroy()).catch(() => {});
  }

  #open(): Promise<Way> {
    this.#way ??= openWay(this.name);
    return this.#way;
  }
}
