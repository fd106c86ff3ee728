import { Readable } from 'node:stream';
import { buildQueryString, type HttpHandler, type HttpRequest, type HttpResponse } from '@smithy/core/protocols';
import type { HttpHandlerOptions } from '@smithy/types';
import type { Dispatcher } from 'undici';
import Pool from 'undici/lib/dispatcher/pool.js'; // half the code and start of all of undici
import { type AnswerLimits, dispatch } from './dispatch';

export interface Timeouts extends Omit<AnswerLimits, 'signal'> {
  /** Until an answer begins, in milliseconds; 0 waits as long as for a byte. */
  readonly requestTimeout: number;
  /** Without a byte, in milliseconds. */
  readonly socketTimeout: number;
}

interface Options extends Pick<HttpHandlerOptions, 'requestTimeout'>, Partial<AnswerLimits> {
  /** Leaves the body as the bytes that were read; the SDK's own middlewares expect a stream of them. */
  readonly collect?: boolean;
}

/** All of an endpoint's addresses together, and one of them: Node.js gives each 250 ms, less than an answer takes from far away. */
const CONNECT = { timeout: 5_000, autoSelectFamilyAttemptTimeout: 2_500 };

/**
 * What the SDK sends with: undici takes half the CPU time of `node:http`.
 *
 * It reads each answer whole; bucketsync asks for nothing large. Connections are kept, and opened for as many requests as
 * there are: the adaptive concurrency is the limit, a socket must never be one, see aws-sdk-js-v3#3560.
 */
export class UndiciHandler implements HttpHandler<Timeouts> {
  /** By origin. undici's `Agent` closes a pool whose last connection was closed, and then each of its successors, too. */
  readonly #pools = new Map<string, Pool>();
  readonly #timeouts: { -readonly [name in keyof Timeouts]: Timeouts[name] };

  constructor(timeouts: Timeouts) {
    this.#timeouts = { ...timeouts };
  }

  /** @throws Error  as the SDK's retries know it */
  async handle(
    request: HttpRequest,
    { requestTimeout, collect, onStart, ...limits }: Options = {},
  ): Promise<{ response: HttpResponse }> {
    const { protocol, hostname, port, method, body } = request;
    const { Expect: _, ...headers } = request.headers; // the SDK asks so for a large body; undici cannot wait for the answer
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
      reset: false, // else it closes the connection behind each HEAD
      headersTimeout: untilAnswer === 0 ? socketTimeout : Math.min(untilAnswer, socketTimeout),
      bodyTimeout: socketTimeout,
    };
    const response = await dispatch(this.#poolOf(origin), options, {
      answerTimeout: limits.answerTimeout ?? answerTimeout,
      maxBytes: limits.maxBytes ?? maxBytes,
      signal: limits.signal,
      onStart,
    }).catch(asTransient);
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
    for (const pool of this.#pools.values()) void pool.destroy();
    this.#pools.clear();
  }

  #poolOf(origin: string): Pool {
    const pool = this.#pools.get(origin) ?? new Pool(origin, { connect: CONNECT });
    this.#pools.set(origin, pool);
    return pool;
  }
}

/** The names under which the SDK asks again, by undici's code or name of an error. */
const NAME_FOR_RETRIES: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: 'TimeoutError',
  UND_ERR_HEADERS_TIMEOUT: 'TimeoutError',
  UND_ERR_BODY_TIMEOUT: 'TimeoutError',
  UND_ERR_SOCKET: 'RequestTimeout',
  // A body that was cut off where the server had announced to close the connection.
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'RequestTimeout',
  HTTPParserError: 'RequestTimeout',
  // Lambda has 1,024 file descriptors. Fewer requests in flight leave some free, and a failed attempt sees to that.
  EMFILE: 'TimeoutError',
};

function asTransient(error: Error): never {
  const { code = error.name } = error as NodeJS.ErrnoException;
  const name = NAME_FOR_RETRIES[code];
  throw name === undefined ? error : Object.assign(error, { name });
}
