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
  let first: Piece | undefined;
  for (let from = 0, size = 1; from < size; ) {
    const Range = `bytes=${from}-${from + PIECE_BYTES - 1}`;
    const command = new GetObjectCommand({ Bucket, Key, Range, IfMatch: first?.eTag });
    const piece = await orRefused(location, from, async () => {
      const { Body, ContentRange, ETag } = await client.send(command);
      return { bytes: (await Body?.transformToByteArray()) ?? new Uint8Array(), range: ContentRange, eTag: ETag };
    });
    if (!piece) return;
    first ??= piece;
    size = sizeBySome(piece, from) ?? Number.NaN;
    // a server that ignores conditions sends another version, and what is missing of a list would be passed in silence
    const isNext = piece.eTag === first.eTag && (from === 0 || size === sizeBySome(first, 0));
    if (!Number.isSafeInteger(size) || !isNext) throw unreadable(location, describeOther(piece, from), undefined);
    yield piece.bytes;
    from += piece.bytes.length;
  }
}

interface Piece {
  readonly bytes: Uint8Array;
  readonly range: string | undefined;
  readonly eTag: string | undefined;
}

/** @returns the size of the whole list; undefined if the piece is not what was asked for */
function sizeBySome({ bytes, range }: Piece, from: number): number | undefined {
  // a server that knows no ranges sends all of it
  if (range === undefined) return from === 0 ? bytes.length : undefined;
  const [, begin, end, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(range) ?? [];
  const isAsked = bytes.length > 0 && Number(begin) === from && Number(end) === from + bytes.length - 1;
  return isAsked && Number(end) < Number(size) ? Number(size) : undefined;
}

function describeOther({ bytes, range = 'all of it' }: Piece, from: number): string {
  return (
    `asked for what follows byte ${from}, the server sent ${bytes.length} bytes and called them ${JSON.stringify(range)}. ` +
    'Either somebody replaced the list meanwhile, or the server does not know ranges'
  );
}

/** @returns undefined if the list is empty */
async function orRefused(location: string, from: number, read: () => Promise<Piece>): Promise<Piece | undefined> {
  try {
    return await read();
  } catch (cause) {
    const error = orExpired(cause);
    if (from === 0 && isEmpty(error)) return undefined;
    throw isLasting(error) ? unreadable(location, messageOf(error), error) : error;
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
