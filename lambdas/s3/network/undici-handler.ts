import { Readable } from 'node:stream';
import { buildQueryString, type HttpHandler, type HttpRequest, type HttpResponse } from '@smithy/core/protocols';
import type { HttpHandlerOptions } from '@smithy/types';
import type { Dispatcher } from 'undici';
import type { AnswerLimits } from './dispatch';
import { Origin, type Streamed } from './origin';

export interface Timeouts extends Omit<AnswerLimits, 'signal'> {
  /** Milliseconds until an answer begins. 0: as long as for a byte. */
  readonly requestTimeout: number;
  /** Milliseconds without a byte. */
  readonly socketTimeout: number;
}

interface Options extends Pick<HttpHandlerOptions, 'requestTimeout'>, Partial<AnswerLimits> {
  /** Returns the body as bytes. The SDK's own middlewares expect a stream. */
  readonly collect?: boolean;
  /** The body of a good answer is returned as a stream, or the request's body is sent as a stream. */
  readonly stream?: Streamed;
}

/**
 * The SDK's request handler. undici takes half the CPU time of `node:http`.
 *
 * It reads each answer completely, because bucketsync requests nothing large. Connections are reused, and there are as many as
 * requests: only the adaptive concurrency may limit requests, never the number of sockets, see aws-sdk-js-v3#3560.
 */
export class UndiciHandler implements HttpHandler<Timeouts> {
  readonly #origins = new Map<string, Origin>();
  readonly #timeouts: { -readonly [name in keyof Timeouts]: Timeouts[name] };

  /** @param caBundle  file of the only trusted authorities, instead of AWS_CA_BUNDLE */
  constructor(
    timeouts: Timeouts,
    private readonly caBundle?: string,
  ) {
    this.#timeouts = { ...timeouts };
  }

  /** @throws Error  with a name that the SDK's retries know */
  async handle(
    request: HttpRequest,
    { requestTimeout, collect, stream, onStart, ...limits }: Options = {},
  ): Promise<{ response: HttpResponse }> {
    const { protocol, hostname, port, method, body } = request;
    const { Expect: _, ...headers } = request.headers; // the SDK sets this header for a large body, but undici cannot wait for the answer
    const { socketTimeout, answerTimeout, maxBytes } = this.#timeouts;
    const untilAnswer = requestTimeout ?? this.#timeouts.requestTimeout;
    const query = buildQueryString(request.query);
    const origin = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;
    const options = {
      origin,
      path: query ? `${request.path}?${query}` : request.path,
      method: method as Dispatcher.HttpMethod,
      headers,
      body,
      reset: false, // otherwise it closes the connection after each HEAD
      headersTimeout: untilAnswer === 0 ? socketTimeout : Math.min(untilAnswer, socketTimeout),
      bodyTimeout: socketTimeout,
    };
    const response = await this.#at(origin).send(
      options,
      {
        answerTimeout: limits.answerTimeout ?? answerTimeout,
        maxBytes: limits.maxBytes ?? maxBytes,
        signal: limits.signal,
        onStart,
      },
      stream,
    );
    if (!collect) response.body = Readable.from([response.body]);
    return { response };
  }

  httpHandlerConfigs(): Timeouts {
    return this.#timeouts;
  }

  updateHttpClientConfig<Name extends keyof Timeouts>(name: Name, value: Timeouts[Name]): void {
    this.#timeouts[name] = value;
  }

  destroy(): void {
    for (const origin of this.#origins.values()) origin.destroy();
    this.#origins.clear();
  }

  #at(name: string): Origin {
    const origin = this.#origins.get(name) ?? new Origin(name, undefined, this.caBundle);
    this.#origins.set(name, origin);
    return origin;
  }
}
