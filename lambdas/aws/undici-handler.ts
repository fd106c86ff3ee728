import { Readable } from 'node:stream';
import { buildQueryString, type HttpHandler, type HttpRequest, HttpResponse } from '@smithy/core/protocols';
import type { HttpHandlerOptions } from '@smithy/types';
import type { Dispatcher } from 'undici';
import Agent from 'undici/lib/dispatcher/agent.js'; // half the code and start of all of undici

export interface Timeouts {
  /** Until an answer begins, in milliseconds; 0 waits as long as for a byte. */
  readonly requestTimeout: number;
  /** Without a byte, in milliseconds. */
  readonly socketTimeout: number;
}

interface Options extends Pick<HttpHandlerOptions, 'requestTimeout'> {
  /** The bytes of the body in place of a stream of them. */
  readonly collect?: boolean;
}

const CONNECTION_TIMEOUT_MS = 5_000;

/**
 * What the SDK sends with: undici takes half the CPU time of `node:http`.
 *
 * It reads each answer whole; bucketsync asks for nothing large. Connections are kept, and opened for as many requests as
 * there are: the adaptive concurrency is the limit, a socket must never be one, see aws-sdk-js-v3#3560.
 */
export class UndiciHandler implements HttpHandler<Timeouts> {
  readonly #agent = new Agent({ connect: { timeout: CONNECTION_TIMEOUT_MS } });
  readonly #timeouts: { -readonly [name in keyof Timeouts]: Timeouts[name] };

  constructor(timeouts: Timeouts) {
    this.#timeouts = { ...timeouts };
  }

  /** @throws Error  as the SDK's retries know it */
  async handle(request: HttpRequest, { requestTimeout, collect }: Options = {}): Promise<{ response: HttpResponse }> {
    const { protocol, hostname, port, method, body } = request;
    const { Expect: _, ...headers } = request.headers; // the SDK asks so for a large body; undici cannot wait for the answer
    const { socketTimeout } = this.#timeouts;
    const query = buildQueryString(request.query);
    const response = await this.#dispatch({
      origin: `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`,
      path: query ? `${request.path}?${query}` : request.path,
      method: method as Dispatcher.HttpMethod,
      headers,
      body,
      headersTimeout: Math.min((requestTimeout ?? this.#timeouts.requestTimeout) || socketTimeout, socketTimeout),
      bodyTimeout: socketTimeout,
    });
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
    void this.#agent.destroy();
  }

  #dispatch(options: Dispatcher.DispatchOptions): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      const response = new HttpResponse({ statusCode: 0 });
      const chunks: Buffer[] = [];
      this.#agent.dispatch(options, {
        onRequestStart: () => {},
        onResponseStart: (_controller, status, headers) => {
          response.statusCode = status;
          response.headers = joined(headers);
        },
        onResponseData: (_controller, chunk) => void chunks.push(chunk),
        onResponseEnd: () => {
          response.body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
          // By then the connection is free: undici lets it go in the next turn, and would open one more for who asks now.
          process.nextTick(() => setImmediate(resolve, response));
        },
        onResponseError: (_controller, error) => reject(asTransient(error)),
      });
    });
  }
}

function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  for (const [name, value] of Object.entries(headers)) {
    if (Array.isArray(value)) headers[name] = value.join(', ');
  }
  return headers as Record<string, string>;
}

/** By the names under which the SDK asks again. */
const NAMES: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: 'TimeoutError',
  UND_ERR_HEADERS_TIMEOUT: 'TimeoutError',
  UND_ERR_BODY_TIMEOUT: 'TimeoutError',
  UND_ERR_SOCKET: 'RequestTimeout',
};

function asTransient(error: Error): Error {
  const name = NAMES[(error as NodeJS.ErrnoException).code ?? ''];
  return name === undefined ? error : Object.assign(error, { name });
}
