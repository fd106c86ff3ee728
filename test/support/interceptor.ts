import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is sent instead of an answer's body; `cut` ends the connection half-way through it. */
export type Rewrite = (request: URL, body: string) => string | { readonly cut: string } | undefined;

/** Stands before an S3 server and changes its answers on the way, into what no faithful server sends. */
export class Interceptor {
  /** Can be set and cleared at any time; undefined, or a result of undefined, lets an answer pass. */
  rewrite: Rewrite | undefined;
  readonly #http: Server;

  private constructor(private readonly target: string) {
    this.#http = createServer((request, response) => void this.#pass(request, response));
  }

  static async start(target: string): Promise<Interceptor> {
    const interceptor = new Interceptor(target);
    interceptor.#http.listen(0, '127.0.0.1');
    await once(interceptor.#http, 'listening');
    return interceptor;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#http.closeAllConnections();
    this.#http.close();
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { host: _host, connection: _connection, ...others } = headers as Record<string, string>;
    const answer = await fetch(`${this.target}${url}`, {
      method,
      headers: others,
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
      redirect: 'manual',
    });
    const body = await answer.text();
    const rewritten = this.rewrite?.(new URL(url, this.target), body) ?? body;
    for (const [name, value] of answer.headers) {
      if (!['content-length', 'transfer-encoding', 'connection'].includes(name)) response.setHeader(name, value);
    }
    response.statusCode = answer.status;
    if (typeof rewritten === 'string') {
      response.end(rewritten);
      return;
    }
    response.setHeader('content-length', Buffer.byteLength(rewritten.cut) + 1);
    response.write(rewritten.cut, () => response.destroy());
  }
}
