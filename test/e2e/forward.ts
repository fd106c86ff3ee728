import type { IncomingMessage, ServerResponse } from 'node:http';

/** Sends a request on to another server, with this body, and its answer back. */
export async function forward(
  request: IncomingMessage,
  body: string | Uint8Array<ArrayBuffer>,
  target: string,
  response: ServerResponse,
): Promise<void> {
  const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
  const answer = await fetch(`${target}${request.url}`, {
    method: request.method ?? 'GET',
    headers: headers as Record<string, string>,
    ...(body.length > 0 && { body }),
  });
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
  response.end(Buffer.from(await answer.arrayBuffer()));
}
