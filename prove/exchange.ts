import { buildQueryString, type HttpRequest, type HttpResponse } from '@smithy/core/protocols';

/** A request and its answer, without what is secret. */
export interface Exchange {
  readonly method: string;
  /** With the query, as it was sent. */
  readonly path: string;
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
  /** Absent if there was no answer. */
  readonly answer?: Answer;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}

/** Text; other bytes in base64; or runs of one byte each, as `[byte, how many]`. */
export type Body = string | { readonly base64: string } | { readonly runs: readonly (readonly [number, number])[] };

const SECRET_HEADERS = new Set([
  'authorization',
  'x-amz-security-token',
  'cookie',
  'set-cookie',
  'proxy-authorization',
]);
/** An answer of STS holds credentials. */
const SECRET_ELEMENTS = /<(SecretAccessKey|SessionToken|AccessKeyId)>[^<]*<\/\1>/g;
const SECRET_PARAMETERS = /(X-Amz-(?:Signature|Credential|Security-Token)=)[^&\s"<]*/gi;
/** Longer text is kept; this many runs at most make a body of runs. */
const MOST_RUNS = 64;
const SHORTEST_RUNS = 65_536;

export function toExchange(request: HttpRequest, response?: HttpResponse): Exchange {
  const query = buildQueryString(request.query);
  return {
    method: request.method,
    path: hideSecrets(query ? `${request.path}?${query}` : request.path),
    host: request.hostname,
    headers: openHeaders(request.headers),
    body: describeBytes(bytesOf(request.body)),
    ...(response && {
      answer: {
        status: response.statusCode,
        headers: openHeaders(response.headers),
        body: describeBytes(bytesOf(response.body)),
      },
    }),
  };
}

export function bytesOf(body: unknown): Buffer {
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return Buffer.alloc(0);
}

/** The bytes that a fixture describes. */
export function bodyBytes(body: Body): Buffer {
  if (typeof body === 'string') return Buffer.from(body);
  if ('base64' in body) return Buffer.from(body.base64, 'base64');
  return Buffer.concat(body.runs.map(([byte, count]) => Buffer.alloc(count, byte)));
}

function describeBytes(bytes: Buffer): Body {
  const runs = bytes.length >= SHORTEST_RUNS ? findRuns(bytes) : undefined;
  if (runs) return { runs };
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? hideSecrets(text) : { base64: bytes.toString('base64') };
}

function findRuns(bytes: Buffer): [number, number][] | undefined {
  const runs: [number, number][] = [];
  for (const byte of bytes) {
    const last = runs.at(-1);
    if (last?.[0] === byte) last[1]++;
    else if (runs.length === MOST_RUNS) return undefined;
    else runs.push([byte, 1]);
  }
  return runs;
}

function openHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .map(([name, value]) => [name.toLowerCase(), hideSecrets(String(value))] as const)
      .filter(([name]) => !SECRET_HEADERS.has(name)),
  );
}

function hideSecrets(text: string): string {
  return text.replace(SECRET_ELEMENTS, '<$1>removed</$1>').replace(SECRET_PARAMETERS, '$1removed');
}
