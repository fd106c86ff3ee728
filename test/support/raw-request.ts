import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '../../lambdas/s3/client/sha256';
import { credentials } from './bucket-and-clients';

/** A request as it stands on the wire: a character of a text is one byte. */
export interface RawRequest {
  readonly method: string;
  /** With its query. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

export interface Unsigned {
  readonly method?: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** @default the body's own */
  readonly payloadHash?: string;
  readonly as?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
  readonly at?: Date;
  /** Some clients say no length if there is no body. */
  readonly withoutLength?: true;
}

/** Signs by the SDK what only ASCII is in. */
export async function sign(port: number, asked: Unsigned): Promise<RawRequest> {
  const { method = 'GET', path, query = {}, as = credentials } = asked;
  const body = Buffer.from(asked.body ?? '');
  const hash = asked.payloadHash ?? createHash('sha256').update(body).digest('hex');
  const signer = new SignatureV4({
    credentials: as,
    region: 'us-east-1',
    service: 's3',
    sha256: Sha256,
    uriEscapePath: false,
  });
  const hasLength = !asked.withoutLength && (method === 'PUT' || method === 'POST');
  const length = hasLength ? { 'content-length': String(body.length) } : undefined;
  const headers = { host: `127.0.0.1:${port}`, 'x-amz-content-sha256': hash, ...length, ...asked.headers };
  const request = new HttpRequest({ method, path, query: { ...query }, headers });
  const signed = await signer.sign(request, { signingDate: asked.at ?? new Date() });
  const pairs = Object.entries(query).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  const target = pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
  return { method, target, headers: Object.entries(signed.headers), body };
}

/** Replaces, adds or (undefined) takes away headers, after all was signed. */
export function withHeaders(request: RawRequest, changes: Readonly<Record<string, string | undefined>>): RawRequest {
  const kept = request.headers.filter(([name]) => !(name in changes));
  const added = Object.entries(changes).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...request, headers: [...kept, ...added] };
}

/** @returns status and code, such as `403 SignatureDoesNotMatch`; of a good answer the status alone */
export async function send(port: number, { method, target, headers, body }: RawRequest): Promise<string> {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${method} ${target} HTTP/1.1\r\n${lines.join('')}connection: close\r\n\r\n`;
  const socket = connect(port, '127.0.0.1');
  socket.write(Buffer.concat([Buffer.from(head, 'latin1'), body]));
  const answer = (await buffer(socket)).toString('latin1');
  const [, status = ''] = /^HTTP\/1\.1 (\d+)/.exec(answer) ?? [];
  const [, code] = /<Code>(\w+)<\/Code>/.exec(answer) ?? [];
  return code === undefined ? status : `${status} ${code}`;
}
