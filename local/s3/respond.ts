import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Answer } from './call';
import { S3Error } from './errors';
import { element, xmlDocument } from './xml';

/** Sends an answer; only the headers of a HEAD request's. */
export async function respond(response: ServerResponse, answer: Answer, isHead: boolean): Promise<void> {
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    if (value !== undefined) {
      response.setHeader(name, value);
    }
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

/** The answer that tells of an error; what is not an S3Error is the server's own fault. */
export function errorAnswer(error: unknown, resource: string, requestId: string): Answer {
  const known =
    error instanceof S3Error
      ? error
      : new S3Error(500, 'InternalError', error instanceof Error ? (error.stack ?? error.message) : String(error));
  const details = Object.entries(known.details).map(([name, value]) => element(name, value));
  const body = xmlDocument(
    `<Error>${element('Code', known.code)}${element('Message', known.message)}${details.join('')}${element('Resource', resource)}${element('RequestId', requestId)}${element('HostId', hostId)}</Error>`,
  );
  return { status: known.status, headers: { 'content-type': 'application/xml', ...known.headers }, body };
}

/** `x-amz-id-2`. */
export const hostId = Buffer.from('bucketsync embedded S3').toString('base64');
