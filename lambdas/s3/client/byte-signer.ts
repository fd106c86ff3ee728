import { SignatureV4 } from '@smithy/signature-v4';
import type { HttpRequest } from '@smithy/types';

/** Of these headers S3 wants no signature, as it does of `host` and `x-amz-*`. */
const MAY_BE_UNSIGNED = ['content-disposition', 'content-encoding', 'content-language', 'content-type', 'expires'];
/** Bytes that HTTP gives no meaning, so whoever checks a signature may have read them in another way. */
const UNPRINTABLE = /[^ -~]/;

/**
 * The SDK's signer, for headers whose values are bytes: it signs the UTF-8 of their text, while a character of the text is
 * one byte on the wire. S3 signs what it receives, so a `ü` would be refused.
 */
export class ByteSigner extends SignatureV4 {
  protected override createCanonicalRequest(...given: Parameters<SignatureV4['createCanonicalRequest']>): string {
    const text = super.createCanonicalRequest(...given);
    return Buffer.from(text, 'latin1') as unknown as string; // hashed as it is; a text would be encoded first
  }
}

/** Headers of a request that are better sent without a signature; S3 stores them either way. */
export function unsignableHeaders({ headers }: Pick<HttpRequest, 'headers'>): Set<string> | undefined {
  const names = MAY_BE_UNSIGNED.filter((name) => UNPRINTABLE.test(headers[name] ?? ''));
  return names.length === 0 ? undefined : new Set(names);
}
