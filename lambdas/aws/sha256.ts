import { createHash, createHmac, createSecretKey, type Hash, type Hmac, type KeyObject } from 'node:crypto';
import type { Checksum, SourceData } from '@smithy/types';

const keys = new WeakMap<object, KeyObject>();
let lastSecret: string | undefined;
let lastKey: KeyObject | undefined;

/**
 * SHA-256 for the SDK's signatures, as its own but for one thing: a secret becomes a key once, and not for each request,
 * where it is most of the cost. The SDK keeps the array of a day's signing key, so its identity tells.
 */
export class Sha256 implements Checksum {
  #hash: Hash | Hmac;

  constructor(private readonly secret?: SourceData) {
    this.#hash = newHash(secret);
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = newHash(this.secret);
  }
}

function newHash(secret: SourceData | undefined): Hash | Hmac {
  return secret === undefined ? createHash('sha256') : createHmac('sha256', keyOf(secret));
}

function keyOf(secret: SourceData): KeyObject {
  if (typeof secret === 'string') {
    if (secret !== lastSecret) [lastSecret, lastKey] = [secret, createSecretKey(secret, 'utf8')];
    return lastKey as KeyObject;
  }
  const known = keys.get(secret);
  if (known) return known;
  const bytes = ArrayBuffer.isView(secret)
    ? Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength)
    : Buffer.from(secret);
  const key = createSecretKey(bytes);
  keys.set(secret, key);
  return key;
}
