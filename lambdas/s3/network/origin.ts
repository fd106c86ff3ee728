import type { HttpResponse } from '@smithy/core/protocols';
import type { Dispatcher } from 'undici';
import { explainFault, findTls, isOfConnection, neverAnswered } from './connection-faults';
import { Answer, type AnswerLimits, dispatch } from './dispatch';
import { StreamedAnswer } from './stream-answer';
import { openWay, type Way } from './way';

/** Time limits for a server's first answer. */
export interface Patience {
  /** Milliseconds in all attempts together. */
  readonly totalMs: number;
  /** Milliseconds in one attempt. */
  readonly attemptMs: number;
}

const PATIENCE: Patience = { totalMs: 24_000, attemptMs: 8_000 };

/** Which body is a stream: the answer's or the request's. */
export type Streamed = 'answer' | 'request';

/** A server. If it has never answered, requests wait for it less long. */
export class Origin {
  #way: Promise<Way> | undefined;
  #hasAnswered = false;
  #firstAskedAt: number | undefined;

  /**
   * @param name  protocol, host and port
   * @param caBundle  instead of AWS_CA_BUNDLE
   */
  constructor(
    private readonly name: string,
    private readonly patience = PATIENCE,
    private readonly caBundle?: string,
  ) {}

  /** @throws Error  says where it failed. If another attempt may help, its name is one that the SDK retries */
  async send(options: Dispatcher.DispatchOptions, limits: AnswerLimits, stream?: Streamed): Promise<HttpResponse> {
    const { dispatcher, proxy, trusted } = await this.#open();
    const isFirst = !this.#hasAnswered;
    this.#firstAskedAt ??= Date.now();
    // sending a body takes time
    const answerTimeout =
      isFirst && !stream ? Math.min(limits.answerTimeout, this.patience.attemptMs) : limits.answerTimeout;
    const destination = () => ({ origin: this.name, proxy, trusted, hasAnswered: this.#hasAnswered });
    try {
      const Kind = stream === 'answer' ? StreamedAnswer : Answer;
      const answer = await dispatch(dispatcher, options, new Kind({ ...limits, answerTimeout }));
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

  /** Whether another attempt would take too long. */
  #hasWaitedInVain(): boolean {
    const { totalMs, attemptMs } = this.patience;
    return !this.#hasAnswered && Date.now() - (this.#firstAskedAt ?? 0) > totalMs - attemptMs;
  }

  destroy(): void {
    this.#way?.then(({ dispatcher }) => dispatcher.destroy()).catch(() => {});
  }

  #open(): Promise<Way> {
    this.#way ??= openWay(this.name, this.caBundle);
    return this.#way;
  }
}
