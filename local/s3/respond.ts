import type { ServerResponse } from 'node:http';
import { type Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Answer } from './call';
import { S3Error } from './errors';
import type { EndlessAnswer } from './fault';
import { unreadable } from './wire-rules';
import { element, xmlDocument } from './xml';

/** Sends an answer. For a HEAD request, sends only the headers. */
export async function respond(response: ServerResponse, answer: Answer, isHead: boolean): Promise<void> {
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    if (value !== undefined) response.setHeader(name, value);
  }
  response.statusCode = answer.status;
  const { body } = answer;
  if (isHead || body === undefined) {
    response.end();
  } else if (typeof body === 'string') {
    const bytes = Buffer.from(body);
    response.setHeader('content-length', bytes.length);
    response.end(bytes);
  } else {
    await pipeline(Readable.from(body.chunks()), response);
  }
}

/** The answer for an error. An error that is not an S3Error is a fault of this server. */
export function errorAnswer(error: unknown, resource: string, requestId: string): Answer {
  const known =
    error instanceof S3Error
      ? error
      : new S3Error(500, 'InternalError', error instanceof Error ? (error.stack ?? error.message) : String(error));
  const details = Object.entries(known.details).map(([name, value]) => element(name, value));
  const body = xmlDocument(
    `<Error>${element('Code', known.code)}${element('Message', known.message)}${details.join('')}${element('Resource', resource)}${element('RequestId', requestId)}${element('HostId', HOST_ID)}</Error>`,
  );
  return { status: known.status, headers: { 'content-type': 'application/xml', ...known.headers }, body };
}

/** `x-amz-id-2`. */
export const HOST_ID = Buffer.from('bucketsync embedded S3').toString('base64');

/** The answer to bytes that Node.js could not parse as a request. */
export function refuseUnreadable(socket: Duplex): void {
  if (!socket.writable) return;
  const { body } = errorAnswer(unreadable(), '/', '');
  const head = `HTTP/1.1 400 Bad Request\r\nContent-Type: application/xml\r\nContent-Length: ${Buffer.byteLength(String(body))}\r\nConnection: close`;
  socket.end(`${head}\r\n\r\n${body}`);
}

/** One byte less than was announced. */
export function cutOff(response: ServerResponse, text: string): void {
  response.setHeader('content-length', Buffer.byteLength(text) + 1);
  response.write(text, () => response.destroy());
}

/** Until the client hangs up. */
export function repeat(response: ServerResponse, { endless, status = 200, pauseMs = 0 }: EndlessAnswer): void {
  response.statusCode = status;
  const go = () => {
    if (response.destroyed) return;
    response.write(endless, () => (pauseMs === 0 ? setImmediate(go) : setTimeout(go, pauseMs)));
  };
  go();
}
