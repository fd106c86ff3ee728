import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InvalidInputError } from '../../../statemachine/errors';

export type Bytes = AsyncIterable<Uint8Array>;

const LONGEST_LINE_BYTES = 64 * 1024;
const LINE_END = 0x0a;
const GZIP = Buffer.from([0x1f, 0x8b]);

/** The lines of a list, without their ends. @throws InvalidInputError  a line does not end, or the gzip does not */
export async function* linesOf(bytes: Bytes, place: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of unpacked(bytes, place)) {
    const text = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end = text.indexOf(LINE_END); end >= 0; end = text.indexOf(LINE_END, from)) {
      yield withoutReturn(text.subarray(from, end));
      from = end + 1;
    }
    rest = text.subarray(from);
    if (rest.length > LONGEST_LINE_BYTES) throw tooLong(place);
  }
  if (rest.length > 0) yield withoutReturn(rest);
}

/** Unpacks a list that begins like gzip, even if its name says nothing of it. */
async function* unpacked(bytes: Bytes, place: string): AsyncGenerator<Uint8Array> {
  const chunks = bytes[Symbol.asyncIterator]();
  const first = await readStart(chunks);
  const all = Readable.from(startingWith(first, chunks));
  if (!first.subarray(0, 2).equals(GZIP)) {
    yield* all;
    return;
  }
  const gunzip = createGunzip();
  try {
    // its callback has nothing to add: an error comes out of the last stream, too
    yield* pipeline(all, gunzip, () => {});
  } catch (cause) {
    if (!isGzipFault(cause)) throw cause;
    throw new InvalidInputError(`Expected ${place}, which \`keys\` names, to be gzip to its end: ${cause.message}`, {
      cause,
    });
  }
}

/** Enough bytes to see whether it is gzip; fewer if the list is shorter. */
async function readStart(chunks: AsyncIterator<Uint8Array>): Promise<Buffer> {
  let start: Buffer = Buffer.alloc(0);
  while (start.length < GZIP.length) {
    const { done, value } = await chunks.next();
    if (done) break;
    start = Buffer.concat([start, value]);
  }
  return start;
}

async function* startingWith(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* { [Symbol.asyncIterator]: () => rest };
}

function isGzipFault(error: unknown): error is Error {
  return error instanceof Error && /^Z_/.test((error as NodeJS.ErrnoException).code ?? '');
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
}

function tooLong(place: string): InvalidInputError {
  return new InvalidInputError(
    `Expected ${place}, which \`keys\` names, to have a key on each line, got a line of more than ${LONGEST_LINE_BYTES / 1024} KiB`,
    { field: 'keys' },
  );
}
