import { createHash } from 'node:crypto';
import { keepDigest, knownDigest } from './known-digests';

/** An object's content. Bodies never change, so copies and parts share them. */
export interface Body {
  readonly length: number;
  /** Bytes from `start` to `end` (exclusive), without copying. */
  slice(start: number, end: number): Body;
  /** The bytes, piece by piece. */
  chunks(): Iterable<Buffer>;
  /** Lower-case hex. */
  md5(): string;
  /** The bytes that are digested in place of the content; see `syntheticBody`. */
  digestChunks(): Iterable<Buffer>;
  /** Names all bytes that are digested, if they follow a rule. */
  readonly pattern?: string;
}

export function bytesBody(bytes: Buffer): Body {
  return new BytesBody(bytes);
}

/**
 * `length` bytes of a repeated pattern. None of them is kept in memory.
 *
 * Above `digestedInFull` bytes its MD5 and checksums are digests of its description, so that an object of terabytes costs
 * nothing;
 * they are still equal exactly if the content is equal, in whole or in parts.
 */
export function syntheticBody(length: number, pattern = 'bucketsync', digestedInFull = 64 * 1024 * 1024): Body {
  return new SyntheticBody(Buffer.from(pattern), 0, length, digestedInFull);
}

/** The bodies one after the other, as CompleteMultipartUpload joins parts. */
export function joinBodies(bodies: Body[]): Body {
  const joined: Body[] = [];
  for (const body of bodies) {
    const last = joined.at(-1);
    const merged = last instanceof SyntheticBody && body instanceof SyntheticBody ? last.followedBy(body) : undefined;
    if (merged) joined[joined.length - 1] = merged;
    else joined.push(body);
  }
  return joined.length === 1 && joined[0] ? joined[0] : new JoinedBody(joined);
}

/** The whole content as one buffer. */
export function bodyBytes(body: Body): Buffer {
  const chunks = [...body.chunks()];
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

function md5Of(chunks: Iterable<Buffer>): string {
  const hash = createHash('md5');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

class BytesBody implements Body {
  readonly length: number;

  constructor(private readonly bytes: Buffer) {
    this.length = bytes.length;
  }

  slice(start: number, end: number): Body {
    return new BytesBody(this.bytes.subarray(start, end));
  }

  chunks(): Iterable<Buffer> {
    return [this.bytes];
  }

  digestChunks(): Iterable<Buffer> {
    return [this.bytes];
  }

  md5(): string {
    return md5Of([this.bytes]);
  }
}

class JoinedBody implements Body {
  readonly length: number;

  constructor(private readonly bodies: Body[]) {
    this.length = bodies.reduce((sum, body) => sum + body.length, 0);
  }

  slice(start: number, end: number): Body {
    const slices: Body[] = [];
    let offset = 0;
    for (const body of this.bodies) {
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, body.length);
      if (from < to) slices.push(body.slice(from, to));
      offset += body.length;
    }
    return joinBodies(slices);
  }

  *chunks(): Iterable<Buffer> {
    for (const body of this.bodies) yield* body.chunks();
  }

  *digestChunks(): Iterable<Buffer> {
    for (const body of this.bodies) yield* body.digestChunks();
  }

  md5(): string {
    return md5Of(this.digestChunks());
  }
}

const CHUNK_LENGTH = 1024 * 1024;

class SyntheticBody implements Body {
  readonly #phase: number;

  constructor(
    private readonly repeated: Buffer,
    offset: number,
    readonly length: number,
    private readonly digestedInFull: number,
  ) {
    this.#phase = offset % repeated.length;
  }

  slice(start: number, end: number): Body {
    const length = Math.max(0, Math.min(end, this.length) - start);
    return new SyntheticBody(this.repeated, this.#phase + start, length, this.digestedInFull);
  }

  /** One body for both, if `next` continues where this one stops. */
  followedBy(next: SyntheticBody): SyntheticBody | undefined {
    const goesOn =
      next.repeated.equals(this.repeated) && next.#phase === (this.#phase + this.length) % this.repeated.length;
    return goesOn
      ? new SyntheticBody(this.repeated, this.#phase, this.length + next.length, this.digestedInFull)
      : undefined;
  }

  *chunks(): Iterable<Buffer> {
    const size = Math.max(1, Math.floor(CHUNK_LENGTH / this.repeated.length)) * this.repeated.length;
    const chunk = Buffer.alloc(size + this.repeated.length, this.repeated);
    for (let sent = 0; sent < this.length; sent += size) {
      yield chunk.subarray(this.#phase, this.#phase + Math.min(size, this.length - sent));
    }
  }

  get pattern(): string {
    const isInFull = this.length <= this.digestedInFull;
    return `${isInFull} ${this.#phase} ${this.length} ${this.repeated.toString('base64')}`;
  }

  digestChunks(): Iterable<Buffer> {
    return this.length <= this.digestedInFull
      ? this.chunks()
      : [Buffer.from(`synthetic ${this.#phase} ${this.length} `), this.repeated];
  }

  md5(): string {
    return knownDigest('MD5', this) ?? keepDigest('MD5', this, md5Of(this.digestChunks()));
  }
}
