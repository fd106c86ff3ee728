import { Readable } from 'node:stream';
import type { HttpHandler, HttpRequest, HttpResponse } from '@smithy/core/protocols';
import type { Timeouts, UndiciHandler } from '../lambdas/s3/network/undici-handler';

type Options = Parameters<UndiciHandler['handle']>[1];

/** Observes each attempt of each request. */
export interface Watcher {
  /** May reject the attempt. */
  beforeRequest(request: HttpRequest): void;
  /** Ends a request that changes nothing. */
  readonly stop?: AbortSignal | undefined;
  /** @param response  undefined if there was no answer */
  afterAnswer(request: HttpRequest, response: HttpResponse | undefined): void;
}

/** The mirror's own handler under observation. It sends and receives the same as in a mirror. */
export class ObservingHandler implements HttpHandler<Timeouts> {
  constructor(
    private readonly inner: UndiciHandler,
    private readonly watcher: Watcher,
  ) {}

  async handle(request: HttpRequest, options: Options = {}): Promise<{ response: HttpResponse }> {
    this.watcher.beforeRequest(request);
    // the proof must know whether a write was done, so it waits for the answer
    const signal = ['GET', 'HEAD'].includes(request.method) ? this.watcher.stop : undefined;
    try {
      const { response } = await this.inner.handle(request, { ...options, collect: true, ...(signal && { signal }) });
      this.watcher.afterAnswer(request, response);
      if (!options.collect) response.body = Readable.from([response.body]);
      return { response };
    } catch (error) {
      this.watcher.afterAnswer(request, undefined);
      throw error;
    }
  }

  httpHandlerConfigs(): Timeouts {
    return this.inner.httpHandlerConfigs();
  }

  updateHttpClientConfig<Name extends keyof Timeouts>(name: Name, value: Timeouts[Name]): void {
    this.inner.updateHttpClientConfig(name, value);
  }

  destroy(): void {
    this.inner.destroy();
  }
}
