import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { endServer, listenOnLoopback } from '../support/loopback';
import { forward } from './forward';

export interface Recorder {
  readonly endpoint: string;
  /** The operations of services that tell them, otherwise the methods, each once. */
  readonly operations: ReadonlySet<string>;
  stop(): void;
}

/** A server before another one, which notes what is asked. */
export async function recordOperations(target: string): Promise<Recorder> {
  const operations = new Set<string>();
  const server = createServer(async (request, response) => {
    const body = new Uint8Array(await buffer(request));
    operations.add(operationOf(request, Buffer.from(body).toString('latin1')));
    await forward(request, body, target, response);
  });
  return {
    endpoint: await listenOnLoopback(server),
    operations,
    stop: () => endServer(server),
  };
}

function operationOf({ headers, url = '', method = '' }: IncomingMessage, body: string): string {
  const [, byTarget] = String(headers['x-amz-target'] ?? '').split('.');
  const byPath = /\/operation\/(\w+)$/.exec(url)?.[1];
  return byTarget ?? byPath ?? new URLSearchParams(body).get('Action') ?? method;
}
