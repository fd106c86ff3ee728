import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { S3Client } from '@aws-sdk/client-s3';
import { HttpResponse } from '@smithy/core/protocols';
import type { operation } from '@smithy/core/schema';
import type { MetadataBearer } from '@smithy/types';
import { IncomingBytes } from '../network/incoming-bytes';

export type Response = HttpResponse;
type Config = S3Client['config'];

/** Reads the body of a good answer. Undefined leaves it to the SDK, which can read every answer of S3. */
export type ReadBody = (body: Uint8Array, headers: Response['headers']) => object | undefined;

/** The SDK's own type is a union of all kinds. */
interface Protocol {
  deserializeResponse(schema: Schema, context: object, response: Response): Promise<MetadataBearer>;
}
type Schema = ReturnType<typeof operation>;

function protocolOf(config: Config): Protocol {
  return config.protocol as unknown as Protocol;
}

const END_OF_ERROR = '</Error>';
const LONG_OPERATIONS = new Set(['CopyObject', 'UploadPartCopy', 'CompleteMultipartUpload']);

/** S3 begins these answers before its work is done, so an answer may end with an error or with nothing. */
export function isLongOperation(name: string): boolean {
  return LONG_OPERATIONS.has(name);
}

/**
 * Reads an answer like the SDK.
 *
 * @throws S3ServiceException  also for an error with the status 200, which then counts as 503
 */
export async function readAnswer(
  response: Response,
  schema: Schema,
  config: Config,
  read: ReadBody | undefined,
): Promise<MetadataBearer> {
  try {
    if (response.statusCode >= 200 && response.statusCode < 300) {
      const whole = await readBody(response.body as Readable | Buffer);
      const body = withoutSpace(whole);
      if (body.length === 0 && (whole.length > 0 || isLongOperation(schema.name))) throw abandoned();
      response.body = body;
      if (endsInError(body)) response.statusCode = 503;
      else {
        const output = read?.(body, response.headers);
        if (output) return { ...output, $metadata: metadataOf(response) };
        keepExpires(response);
      }
    }
    if (response.statusCode >= 300) response.body = withoutSpace(await readBody(response.body as Readable | Buffer));
    return await protocolOf(config).deserializeResponse(schema, config, response);
  } catch (error) {
    // retries and the clock correction use its status and headers, even if the body is a proxy's HTML
    if (error instanceof Error) {
      Object.defineProperty(error, '$response', { value: response });
      if (!('$metadata' in error)) Object.assign(error, { $metadata: metadataOf(response) });
    }
    throw error;
  }
}

function metadataOf({ statusCode, headers }: Response): MetadataBearer['$metadata'] {
  return { httpStatusCode: statusCode, requestId: headers['x-amz-request-id'] };
}

/** Whether the body is a stream that the caller has to read. */
export function isStream(body: unknown): body is IncomingBytes {
  return body instanceof IncomingBytes;
}

/** The headers of a good answer. `Body` stays a stream of bytes. */
export async function readStreamedAnswer(response: Response, schema: Schema, config: Config): Promise<MetadataBearer> {
  const Body = response.body as IncomingBytes;
  try {
    keepExpires(response);
    const headersOnly = new HttpResponse({ ...response, body: Readable.from([]) });
    return { ...(await protocolOf(config).deserializeResponse(schema, config, headersOnly)), Body } as MetadataBearer;
  } catch (error) {
    Body.cancel(error as Error);
    throw error;
  }
}

/** Other request handlers return a stream. */
async function readBody(body: Readable | Buffer): Promise<Buffer> {
  return Buffer.isBuffer(body) ? body : buffer(body);
}

/** S3 sends white space while it works, to keep the connection open. Some servers end their answer with a line end. */
function withoutSpace(body: Buffer): Buffer {
  let [start, end] = [0, body.length];
  while (start < end && isSpace(body[start])) start++;
  while (end > start && isSpace(body[end - 1])) end--;
  return body.subarray(start, end);
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function endsInError(body: Buffer): boolean {
  return body.subarray(-END_OF_ERROR.length).toString('latin1') === END_OF_ERROR;
}

function abandoned(): Error {
  const error = { name: 'InternalError', $fault: 'server', $metadata: { httpStatusCode: 503 } };
  return Object.assign(new Error('S3 aborted request'), error);
}

/** `Expires` may be any text, but the SDK's parser requires a date. */
function keepExpires({ headers }: Response): void {
  if (headers.expires === undefined) return;
  headers.expiresstring = headers.expires;
  delete headers.expires;
}

/** The region that S3 names when it redirects a request. */
export function redirectedTo(error: unknown): string | undefined {
  const { name, $metadata, $response } = error as {
    name?: string;
    $metadata?: { httpStatusCode?: number };
    $response?: Response;
  };
  const status = $metadata?.httpStatusCode;
  const misplaced =
    status === 301 ||
    status === 307 ||
    (status === 400 && (name === 'IllegalLocationConstraintException' || name === 'AuthorizationHeaderMalformed'));
  return misplaced ? $response?.headers['x-amz-bucket-region'] : undefined;
}
