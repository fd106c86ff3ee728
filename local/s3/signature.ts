import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { canonicalRequest } from './canonical-request';
import { accessDenied, S3Error } from './errors';
import { readClaim, type SignatureClaim } from './signature-claim';
import type { WireRequest } from './wire-request';

/** An access key that requests may be signed with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** If it is set, every request must have it. */
  readonly sessionToken?: string;
  /** When the token expires. */
  readonly expiration?: Date;
}

/** The values of a request's signature that the chunks of its body also need. */
export interface ProvedSignature extends SignatureClaim {
  /** Signs a text of one byte a character. */
  sign(text: string): string;
}

/**
 * Recomputes the signature of a request (AWS Signature Version 4) from the bytes on the wire.
 *
 * @throws S3Error AccessDenied if there is no signature, or if it leaves a header out; InvalidAccessKeyId, InvalidToken,
 * ExpiredToken,
 * SignatureDoesNotMatch, AuthorizationHeaderMalformed
 */
export function proveSignature(wire: WireRequest, known: readonly Credentials[], now: Date): ProvedSignature {
  const claim = readClaim(wire);
  if (!claim) throw accessDenied();
  const credentials = known.find(({ accessKeyId }) => accessKeyId === claim.accessKeyId);
  if (!credentials) throw unknownKey(claim.accessKeyId);
  requireSigned(wire, claim);
  requireToken(credentials, claim.token, now);
  const key = signingKey(credentials.secretAccessKey, claim);
  const sign = (text: string) => createHmac('sha256', key).update(text, 'latin1').digest('hex');
  const canonical = canonicalRequest(wire, claim.signedHeaders, claim.payloadHash, claim.leftOut);
  const toSign = ['AWS4-HMAC-SHA256', claim.signedAt, scopeOf(claim), sha256(canonical)].join('\n');
  if (sign(toSign) !== claim.signature) throw mismatch(claim, canonical, toSign);
  if (claim.expires !== undefined && claim.expires < now) throw new S3Error(403, 'AccessDenied', 'Request has expired');
  return { ...claim, sign };
}

export function scopeOf({ date, region }: SignatureClaim): string {
  return `${date}/${region}/s3/aws4_request`;
}

/** The hash, in hex, of a text that has one byte a character. */
export function sha256(data: string | Uint8Array): string {
  const hash = createHash('sha256');
  return (typeof data === 'string' ? hash.update(data, 'latin1') : hash.update(data)).digest('hex');
}

/** Somebody who intercepts a request must not be able to add a header that changes its effect. */
function requireSigned({ headers }: WireRequest, { signedHeaders }: SignatureClaim): void {
  const unsigned = ['host', ...headers.keys()].filter(
    (name) => (name === 'host' || name === 'content-md5' || name.startsWith('x-amz-')) && !signedHeaders.includes(name),
  );
  if (unsigned.length === 0) return;
  throw new S3Error(403, 'AccessDenied', 'There were headers present in the request which were not signed', {
    HeadersNotSigned: [...new Set(unsigned)].join(', '),
  });
}

function requireToken({ sessionToken, expiration }: Credentials, token: string | undefined, now: Date): void {
  if (token !== sessionToken) {
    throw token !== undefined && sessionToken === undefined
      ? new S3Error(400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.')
      : new S3Error(403, 'InvalidAccessKeyId', UNKNOWN_KEY);
  }
  if (expiration && expiration <= now) throw new S3Error(400, 'ExpiredToken', 'The provided token has expired.');
}

const UNKNOWN_KEY = 'The AWS Access Key Id you provided does not exist in our records.';
function unknownKey(accessKeyId: string): S3Error {
  return new S3Error(403, 'InvalidAccessKeyId', UNKNOWN_KEY, { AWSAccessKeyId: accessKeyId });
}

/** The answer has the canonical request as S3 computed it, because nothing else helps to find the fault. */
function mismatch({ accessKeyId, signature }: SignatureClaim, canonical: string, toSign: string): S3Error {
  return new S3Error(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    {
      AWSAccessKeyId: accessKeyId,
      StringToSign: toSign,
      SignatureProvided: signature,
      CanonicalRequestBytes: Buffer.from(canonical, 'latin1')
        .toString('hex')
        .replace(/..(?!$)/g, '$& '),
    },
  );
}

const keys = new Map<string, KeyObject>();
const MOST_KEYS = 100;

/** The key of a day and a region, which all its requests share. As bytes Node.js would make it a key for each request. */
function signingKey(secret: string, { date, region }: SignatureClaim): KeyObject {
  const id = JSON.stringify([secret, date, region]);
  const known = keys.get(id);
  if (known) return known;
  const bytes = [date, region, 's3', 'aws4_request'].reduce<Buffer>(
    (signer, text) => createHmac('sha256', signer).update(text).digest(),
    Buffer.from(`AWS4${secret}`),
  );
  const key = createSecretKey(bytes);
  if (keys.size >= MOST_KEYS) keys.clear();
  keys.set(id, key);
  return key;
}
