import { once } from 'node:events';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { LoopbackServer } from './loopback';

/** What is sent instead of an answer's body; `cut` ends the connection half-way through it. */
export type Rewrite = (address: URL, body: string) => string | { readonly cut: string } | undefined;

/** Stands before an S3 server and changes its answers on the way, into what no faithful server sends. */
export class Interceptor extends LoopbackServer {
  /** Can be set and cleared at any time; undefined, or a result of undefined, lets an answer pass. */
  rewrite: Rewrite | undefined;

  private constructor(private readonly target: string) {
    super();
  }

  static start(target: string): Promise<Interceptor> {
    return new Interceptor(target).listen();
  }

  protected override async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '/' } = incoming;
    const answer = await this.#ask(incoming);
    const body = await text(answer);
    const rewritten = this.rewrite?.(new URL(url, this.target), body) ?? body;
    for (const [name, value = ''] of Object.entries(answer.headers)) {
      if (!['content-length', 'transfer-encoding', 'connection'].includes(name)) response.setHeader(name, value);
    }
    response.statusCode = answer.statusCode ?? 502;
    if (typeof rewritten === 'string') {
      response.end(rewritten);
      return;
    }
    response.setHeader('content-length', Buffer.byteLength(rewritten.cut) + 1);
    response.write(rewritten.cut, () => response.destroy());
  }

  /** Passes a request on as it is, its Host included: it is signed. */
  async #ask(incoming: IncomingMessage): Promise<IncomingMessage> {
    const { hostname, port } = new URL(this.target);
    const outgoing = request({
      hostname,
      port,
      method: incoming.method,
      path: incoming.url,
      headers: incoming.headers,
    });
    incoming.pipe(outgoing);
    const [answer] = await once(outgoing, 'response');
    return answer;
  }
}
