import { createHash, createHmac, createSecretKey, type Hash, type Hmac, type KeyObject } from 'node:crypto';
import type { Checksum, SourceData } from '@smithy/types';

const keys = new WeakMap<object, KeyObject>();
/** Number of kept results for text secrets. */
const signatures = new Map<string, Uint8Array>();
/** A client has only a few keys at a time. If there are more, all are forgotten. */
const MOST_SIGNATURES = 100;

/**
 * SHA-256 for the SDK's signatures, without the work that the SDK repeats for each request:
 *
 * - A secret is turned into a key once. The SDK keeps the array of a day's signing key, so the array identifies the key.
 * - The secret access key, a text, always signs the same few texts, so the results are kept.
 */
export class Sha256 implements Checksum {
  #hash: Hash | Hmac | undefined;
  #text = '';

  constructor(private readonly secret?: SourceData) {
    this.reset();
  }

  update(data: Uint8Array): void {
    if (this.#hash) this.#hash.update(data);
    else this.#text += Buffer.from(data).toString('latin1');
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash ? this.#hash.digest() : signText(this.secret as string, this.#text);
  }

  reset(): void {
    const { secret } = this;
    this.#text = '';
    if (secret === undefined) this.#hash = createHash('sha256');
    else if (typeof secret !== 'string') this.#hash = createHmac('sha256', keyOf(secret));
  }
}

function signText(secret: string, text: string): Uint8Array {
  const id = JSON.stringify([secret, text]);
  const known = signatures.get(id);
  if (known) return known;
  if (signatures.size >= MOST_SIGNATURES) signatures.clear();
  const signature = createHmac('sha256', secret).update(text, 'latin1').digest();
  signatures.set(id, signature);
  return signature;
}

function keyOf(secret: Exclude<SourceData, string>): KeyObject {
  const known = keys.get(secret);
  if (known) return known;
  const bytes = ArrayBuffer.isView(secret)
    ? Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength)
    : Buffer.from(secret);
  const key = createSecretKey(bytes);
  keys.set(secret, key);
  return key;
}
