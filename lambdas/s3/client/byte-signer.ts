import { SignatureV4 } from '@smithy/signature-v4';
import type { HttpRequest } from '@smithy/types';

/** Headers that require no signature, unlike `host` and `x-amz-*`. */
const MAY_BE_UNSIGNED = ['content-disposition', 'content-encoding', 'content-language', 'content-type', 'expires'];
/** Bytes without a meaning in HTTP. A server that checks a signature may read them differently. */
const UNPRINTABLE = /[^ -~]/;

/**
 * The SDK's signer, for headers whose values are bytes. The SDK signs the UTF-8 encoding of a text, but sends each character as
 * one byte. S3 signs the bytes that it receives, so it would reject a `ü`.
 */
export class ByteSigner extends SignatureV4 {
  protected override createCanonicalRequest(...given: Parameters<SignatureV4['createCanonicalRequest']>): string {
    const text = super.createCanonicalRequest(...given);
    return Buffer.from(text, 'latin1') as unknown as string; // bytes are hashed unchanged; a text would be encoded first
  }
}

/** Headers that are sent without a signature. S3 stores them anyway. */
export function unsignableHeaders({ headers }: Pick<HttpRequest, 'headers'>): Set<string> | undefined {
  const names = MAY_BE_UNSIGNED.filter((name) => UNPRINTABLE.test(headers[name] ?? ''));
  return names.length === 0 ? undefined : new Set(names);
}
