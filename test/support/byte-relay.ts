import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { LoopbackServer } from './loopback';

/** What becomes of an answer on its way. */
export interface Change {
  /** What takes the place of a header; undefined: it is left out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Takes the place of each piece of the body; undefined ends the connection there. @param from  bytes that came before */
  readonly piece?: (bytes: Buffer, from: number) => Buffer | undefined | Promise<Buffer | undefined>;
}

type Look = (request: IncomingMessage, headers: IncomingHttpHeaders) => Change | undefined;

/** Stands before an S3 server, and passes bytes on as they come: what a long way may do to them. */
export class ByteRelay extends LoopbackServer {
  /** Can be set at any time. */
  look: Look = () => undefined;

  private constructor(private readonly target: string) {
    super();
  }

  static start(target: string): Promise<ByteRelay> {
    return new ByteRelay(target).listen();
  }

  protected override serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    return this.#pass(incoming, response).catch(() => void response.destroy());
  }

  async #pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { hostname, port } = new URL(this.target);
    const { method, url: path, headers } = incoming;
    const outgoing = request({ hostname, port, method, path, headers });
    incoming.pipe(outgoing);
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    const { headers: changed = {}, piece = (bytes: Buffer) => bytes } = this.look(incoming, answer.headers) ?? {};
    for (const [name, value] of Object.entries({ ...answer.headers, ...changed })) {
      if (value !== undefined && name !== 'connection') response.setHeader(name, value);
    }
    response.statusCode = answer.statusCode ?? 502;
    response.on('close', () => answer.destroy());
    let from = 0;
    for await (const bytes of answer) {
      const sent = await piece(bytes, from);
      if (sent === undefined) return void response.destroy();
      from += bytes.length;
      if (!response.write(sent) && !response.destroyed) await new Promise((drained) => response.once('drain', drained));
    }
    response.end();
  }
}
