import type { IncomingMessage } from 'node:http';

/** The bytes of a request before anything is decoded. A character of a text is one byte, as in Node.js's headers. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** By lower-case name; a repeated header has several values. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
}

export function readWire({ method = 'GET', url = '/', rawHeaders }: IncomingMessage): WireRequest {
  const question = url.indexOf('?');
  const headers = new Map<string, string[]>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const values = headers.get(name);
    if (values) values.push(rawHeaders[index + 1] ?? '');
    else headers.set(name, [rawHeaders[index + 1] ?? '']);
  }
  return {
    method,
    path: question === -1 ? url : url.slice(0, question),
    query: question === -1 ? '' : url.slice(question + 1),
    headers,
  };
}

/** The value of a header that occurs once. */
export function headerOf({ headers }: WireRequest, name: string): string | undefined {
  return headers.get(name)?.[0];
}
