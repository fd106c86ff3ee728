import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Starts a server on a free port of this machine. @returns its endpoint */
export async function listenOnLoopback(http: Server): Promise<string> {
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return endpointOf(http);
}

export function endpointOf(http: Server): string {
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

/** A server of a test, which answers on a free port of this machine until it is stopped. */
export abstract class LoopbackServer {
  readonly #http = createServer((request, response) => void this.serve(request, response));

  protected abstract serve(request: IncomingMessage, response: ServerResponse): Promise<void>;

  async listen(): Promise<this> {
    await listenOnLoopback(this.#http);
    return this;
  }

  get endpoint(): string {
    return endpointOf(this.#http);
  }

  stop(): void | Promise<void> {
    endServer(this.#http);
  }
}

/** Ends a server with all its connections. */
export function endServer(http: Server): void {
  http.closeAllConnections();
  http.close();
}
