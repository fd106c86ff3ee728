import { createHash } from 'node:crypto';
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import type { Lack } from '../../../statemachine/lacks';
import { StoreError } from '../../engine/ports/store-error';
import { sparing } from '../../engine/server/unless-lacking';
import { unquote } from '../answers/etag';
import { sendTo } from '../buckets/send-to';
import { objectOf, type Side } from '../buckets/side';
import { isUnknownRequest } from '../errors/unknown-request';
import type { IncomingBytes } from '../network/incoming-bytes';

/** If a stream has fewer bytes per millisecond in total than this, it is abandoned. */
const SLOWEST_BYTES_PER_MS = 100;
const LEAST_ANSWER_MS = 900_000;

/** The part of an object's version that is read. */
export interface Piece {
  readonly key: string;
  readonly eTag: string;
  /** Absent: the whole object. */
  readonly bytes?: { readonly first: number; readonly last: number };
  /** Number of a part of the object, instead of `bytes`. */
  readonly part?: number;
  readonly sizeBytes?: number;
}

/** The source stopped in the middle, or its connection was lost. Another attempt may get the complete content. */
export class CutOffError extends Error {
  override readonly name = 'CutOffError';
}

/** One version of an object, or a piece of it, as a stream from the source. */
export class StreamedObject {
  /** Why the content cannot be complete, once that is known. */
  failure: unknown;
  readonly #digest = createHash('md5');
  #md5: string | undefined;

  private constructor(
    private readonly piece: Piece,
    readonly answer: GetObjectCommandOutput,
    readonly sizeBytes: number,
    private readonly body: IncomingBytes,
  ) {}

  /** @throws StoreError  `changed`: the object has another version now */
  static async open(side: Side, piece: Piece): Promise<StreamedObject> {
    const { key, eTag, bytes, part } = piece;
    const command = (leaveOut: ReadonlySet<Lack>) =>
      new GetObjectCommand({
        ...objectOf(side, key),
        // the answer has the ETag as well
        IfMatch: leaveOut.has('copyConditions') ? undefined : `"${eTag}"`,
        Range: bytes && part === undefined ? `bytes=${bytes.first}-${bytes.last}` : undefined,
        PartNumber: part,
        ...(!leaveOut.has('checksums') && { ChecksumMode: 'ENABLED' }),
      });
    const stream = streamLimits(side, piece.sizeBytes);
    const ask = (leaveOut: ReadonlySet<Lack>) => sendTo<GetObjectCommand>(side, 'head', command(leaveOut), { stream });
    const { lacks } = side.observer;
    const spare = ['checksums', 'copyConditions'] as const;
    const answer = await sparing(lacks, 'GetObject', spare, isUnknownRequest, ask);
    const body = answer.Body as unknown as IncomingBytes;
    try {
      if (lacks?.has('copyConditions')) expectETag(answer, key);
      return new StreamedObject(piece, answer, expectPiece(piece, answer), body);
    } catch (error) {
      body.cancel(error as Error);
      throw error;
    }
  }

  /** MD5 of all bytes, after they have passed. */
  get md5(): string {
    this.#md5 ??= this.#digest.digest('hex');
    return this.#md5;
  }

  /**
   * The content. Its last bytes come only if all have arrived and `accept` does not throw. So a sender that announces the length
   * sends either a complete correct object, or a request that fails.
   */
  async *content(accept: (md5: string) => void): AsyncGenerator<Buffer, void, undefined> {
    let received = 0;
    let held: Buffer | undefined;
    try {
      for await (const chunk of this.body) {
        received += chunk.length;
        if (received > this.sizeBytes) throw this.#wrongLength(`${received} or more`);
        this.#digest.update(chunk);
        if (held) yield held;
        held = chunk;
      }
      if (received !== this.sizeBytes) throw this.#wrongLength(String(received));
      accept(this.md5);
    } catch (error) {
      this.failure ??= error instanceof StoreError ? error : asCutOff(error);
      throw error;
    }
    if (held) yield held;
  }

  /** Ends the stream, if it has not ended. */
  cancel(): void {
    this.body.cancel(new CutOffError('The copy was given up'));
  }

  #wrongLength(got: string): CutOffError {
    return new CutOffError(`Expected ${this.sizeBytes} bytes of "${this.piece.key}" from the source, got ${got}`);
  }
}

/** Ends a stream that does not end by itself. Larger streams get more time. */
export function streamLimits({ observer }: Side, sizeBytes = 0) {
  return { answerTimeout: LEAST_ANSWER_MS + sizeBytes / SLOWEST_BYTES_PER_MS, signal: observer.streamSignal };
}

/** @returns its size in bytes @throws StoreError  the answer has something else */
function expectPiece({ key, eTag, bytes, part, sizeBytes }: Piece, answer: GetObjectCommandOutput): number {
  const { ETag, ContentLength = sizeBytes, ContentRange } = answer;
  if (ETag !== undefined && unquote(ETag) !== eTag) {
    throw new StoreError('changed', `PreconditionFailed: "${key}" has the ETag ${unquote(ETag)} by now, not ${eTag}`);
  }
  if (part === undefined && !(bytes ? hasRange(bytes, answer) : ContentRange === undefined)) {
    throw new StoreError(
      'refused',
      `The source does not support ranges: it answered with "${ContentRange ?? 'the whole object'}"`,
    );
  }
  if (ContentLength === undefined) throw new StoreError('refused', `The source does not say how long "${key}" is`);
  if (sizeBytes !== undefined && ContentLength !== sizeBytes) {
    const what = part === undefined ? (bytes ? `the bytes ${bytes.first} to ${bytes.last}` : 'all') : `part ${part}`;
    throw new StoreError(
      'contradictory',
      `Expected ${sizeBytes} bytes, ${what} of "${key}", from the source, got ${ContentLength}`,
    );
  }
  return ContentLength;
}

/** Of the whole object, a server may answer without a range. */
function hasRange({ first, last }: NonNullable<Piece['bytes']>, answer: GetObjectCommandOutput): boolean {
  const { ContentRange, ContentLength } = answer;
  if (ContentRange !== undefined) return ContentRange.startsWith(`bytes ${first}-${last}/`);
  return first === 0 && (ContentLength === undefined || ContentLength <= last + 1);
}

/** Without a condition, only the answer shows which version it is. */
function expectETag({ ETag }: GetObjectCommandOutput, key: string): void {
  if (ETag === undefined) throw new StoreError('refused', `The source does not show the ETag of "${key}"`);
}

function asCutOff(error: unknown): CutOffError {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof CutOffError ? error : new CutOffError(`The source broke off: ${message}`, { cause: error });
}
