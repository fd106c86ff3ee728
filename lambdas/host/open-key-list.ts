import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { InvalidInputError } from '../../statemachine/errors';
import { parseS3Url } from '../../wording/s3-url';
import { anyRegionClient } from '../s3/client/s3-client';
import { orExpired } from '../s3/credentials/renew-credentials';
import { errorCode, isAbsent, isForbidden } from '../s3/errors/s3-errors';
import { messageOf } from '../s3/errors/server-words';

/** A piece is read in one request, so that a lost connection costs little, and memory holds one piece. */
const PIECE_BYTES = 8 * 1024 ** 2;

/**
 * Reads a list of keys: `s3://bucket/key`, with the credentials and the endpoint of the reports, or `file:///path` of this machine.
 *
 * @throws InvalidInputError  the list does not exist, or may not be read
 */
export function openKeyList(location: string): AsyncIterable<Uint8Array> {
  return location.startsWith('s3://') ? readObject(location) : readFile(location);
}

async function* readFile(location: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(fileURLToPath(location));
  } catch (error) {
    throw unreadable(location, (error as Error).message, error);
  }
}

async function* readObject(location: string): AsyncGenerator<Uint8Array> {
  const { bucket: Bucket, prefix: Key } = parseS3Url(location);
  const client = await anyRegionClient();
  let version: string | undefined;
  for (let from = 0, size = 1; from < size; from += PIECE_BYTES) {
    const Range = `bytes=${from}-${from + PIECE_BYTES - 1}`;
    try {
      const command = new GetObjectCommand({ Bucket, Key, Range, IfMatch: version });
      const { Body, ContentRange, ContentLength = 0, ETag } = await client.send(command);
      const piece = (await Body?.transformToByteArray()) ?? new Uint8Array();
      version = ETag;
      // a server that knows no ranges sends all of it
      size = ContentRange === undefined ? ContentLength : Number(ContentRange.split('/')[1]);
      yield piece;
      if (ContentRange === undefined) return;
    } catch (cause) {
      const error = orExpired(cause);
      if (from === 0 && isEmpty(error)) return;
      throw isLasting(error) ? unreadable(location, messageOf(error), error) : error;
    }
  }
}

/** An empty object has no range. */
function isEmpty(error: unknown): boolean {
  return (error as { name?: unknown }).name === 'InvalidRange';
}

/** There is no such list, it may not be read, or it was replaced while it was read. */
function isLasting(error: unknown): boolean {
  return isAbsent(error) || isForbidden(error) || ['NoSuchBucket', 'PreconditionFailed'].includes(errorCode(error));
}

function unreadable(location: string, reason: string, cause: unknown): InvalidInputError {
  return new InvalidInputError(`Expected \`keys\` to name a list that can be read, got ${location}: ${reason}`, {
    cause,
    field: 'keys',
  });
}
