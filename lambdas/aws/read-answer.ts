import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { S3Client } from '@aws-sdk/client-s3';
import type { HttpResponse } from '@smithy/core/protocols';
import type { operation } from '@smithy/core/schema';
import type { MetadataBearer } from '@smithy/types';

export type Response = HttpResponse;
type Config = S3Client['config'];

/** Reads the body of a good answer; undefined leaves it to the SDK, which can read all that S3 sends. */
export type ReadBody = (body: Uint8Array) => object | undefined;

/** The SDK's own type of it is a union of all kinds. */
interface Protocol {
  deserializeResponse(schema: Schema, context: object, response: Response): Promise<MetadataBearer>;
}
type Schema = ReturnType<typeof operation>;

export function protocolOf(config: Config): Protocol {
  return config.protocol as unknown as Protocol;
}

const END_OF_ERROR = '</Error>';
const LONG_OPERATIONS = new Set(['CopyObject', 'UploadPartCopy', 'CompleteMultipartUpload']);

/** S3 begins the answer before it is done, so it may end in an error, or in nothing. */
export function isLongOperation(name: string): boolean {
  return LONG_OPERATIONS.has(name);
}

/**
 * Reads an answer as the SDK does.
 *
 * @throws S3ServiceException  also for an error under the status 200, which then counts as 503
 */
export async function readAnswer(
  response: Response,
  schema: Schema,
  config: Config,
  read: ReadBody | undefined,
): Promise<MetadataBearer> {
  try {
    if (response.statusCode >= 200 && response.statusCode < 300) {
      const body = await readBody(response.body as Readable | Buffer);
      if (body.length === 0 && isLongOperation(schema.name)) throw abandoned();
      response.body = body;
      if (endsInError(body)) response.statusCode = 503;
      else {
        const output = read?.(body);
        if (output) return { ...output, $metadata: { httpStatusCode: response.statusCode } };
        keepExpires(response);
      }
    }
    return await protocolOf(config).deserializeResponse(schema, config, response);
  } catch (error) {
    // The retries and the clock correction look at its status and headers, also where a proxy's HTML cannot be read.
    if (error instanceof Error) {
      Object.defineProperty(error, '$response', { value: response });
      if (!('$metadata' in error)) Object.assign(error, { $metadata: { httpStatusCode: response.statusCode } });
    }
    throw error;
  }
}

/** A handler other than ours hands out a stream. */
async function readBody(body: Readable | Buffer): Promise<Buffer> {
  return Buffer.isBuffer(body) ? body : buffer(body);
}

/** Some servers put a line end behind it. */
function endsInError(body: Uint8Array): boolean {
  const end = Buffer.from(body.subarray(-END_OF_ERROR.length - 8)).toString('latin1');
  return end.trimEnd().endsWith(END_OF_ERROR);
}

function abandoned(): Error {
  return Object.assign(new Error('S3 aborted request'), { name: 'InternalError', $metadata: { httpStatusCode: 503 } });
}

/** `Expires` may be any text; the SDK's own reader of it wants a date. */
function keepExpires({ headers }: Response): void {
  if (headers.expires === undefined) return;
  headers.expiresstring = headers.expires;
  delete headers.expires;
}

/** The region that S3 names when it sends a request for a bucket elsewhere. */
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
