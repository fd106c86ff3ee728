import { accessDenied, invalidArgument, invalidRequest, S3Error } from './errors';
import { headerOf, type WireRequest } from './wire-request';

/** What a request says about its signature. */
export interface SignatureClaim {
  readonly accessKeyId: string;
  /** `20260102` */
  readonly date: string;
  readonly region: string;
  /** In lower case. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `20260102T030405Z` */
  readonly signedAt: string;
  /** The hash or marker that stands for the body. */
  readonly payloadHash: string;
  readonly token: string | undefined;
  /** For a presigned URL: when it expires, and the parameter that cannot sign itself. */
  readonly expires?: Date;
  readonly leftOut?: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const CREDENTIAL = /^(.+)\/(\d{8})\/([^/]+)\/([^/]+)\/([^/]+)$/s;
const INSTANT = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
const LONGEST_LIFE_S = 7 * 24 * 3600;

/**
 * Reads the Authorization header, or the query of a presigned URL.
 *
 * @returns undefined for an unsigned request
 * @throws S3Error AuthorizationHeaderMalformed, AuthorizationQueryParametersError, InvalidRequest, InvalidArgument
 */
export function readClaim(wire: WireRequest): SignatureClaim | undefined {
  const authorization = headerOf(wire, 'authorization');
  const query = new URLSearchParams(wire.query);
  const isPresigned = query.has('X-Amz-Algorithm') || query.has('X-Amz-Signature');
  if (authorization !== undefined && isPresigned)
    throw invalidArgument('Only one auth mechanism allowed', 'Authorization', authorization);
  if (authorization !== undefined) return readHeader(wire, authorization);
  return isPresigned ? readQuery(wire, query) : undefined;
}

function readHeader(wire: WireRequest, authorization: string): SignatureClaim {
  const [, algorithm = '', rest = ''] = /^(\S+) +(.*)$/.exec(authorization) ?? [];
  if (algorithm !== ALGORITHM) throw unsupported();
  const parts = new Map(rest.split(',').map((part) => splitAt(part.trim(), '=')));
  const payloadHash = headerOf(wire, 'x-amz-content-sha256');
  if (payloadHash === undefined) throw invalidRequest('Missing required header for this request: x-amz-content-sha256');
  const signedAt = headerOf(wire, 'x-amz-date');
  if (signedAt === undefined || !INSTANT.test(signedAt)) throw undated();
  return {
    ...readCredential(parts.get('Credential'), signedAt, malformedHeader),
    signedHeaders: readNames(parts.get('SignedHeaders'), malformedHeader),
    signature: parts.get('Signature') ?? '',
    signedAt,
    payloadHash,
    token: headerOf(wire, 'x-amz-security-token'),
  };
}

function readQuery(wire: WireRequest, query: URLSearchParams): SignatureClaim {
  if (query.get('X-Amz-Algorithm') !== ALGORITHM) throw unsupported();
  const signedAt = query.get('X-Amz-Date') ?? '';
  const seconds = Number(query.get('X-Amz-Expires') ?? Number.NaN);
  if (!INSTANT.test(signedAt)) throw malformedQuery('X-Amz-Date must be in the ISO8601 Long Format');
  if (!(seconds >= 1 && seconds <= LONGEST_LIFE_S))
    throw malformedQuery(`X-Amz-Expires must be a number from 1 to ${LONGEST_LIFE_S}`);
  return {
    ...readCredential(query.get('X-Amz-Credential') ?? undefined, signedAt, malformedQuery),
    signedHeaders: readNames(query.get('X-Amz-SignedHeaders') ?? undefined, malformedQuery),
    signature: query.get('X-Amz-Signature') ?? '',
    signedAt,
    payloadHash: headerOf(wire, 'x-amz-content-sha256') ?? query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD',
    token: query.get('X-Amz-Security-Token') ?? undefined,
    expires: new Date(toTime(signedAt) + seconds * 1000),
    leftOut: 'X-Amz-Signature',
  };
}

type Malformed = (reason: string) => S3Error;

function readCredential(text: string | undefined, signedAt: string, malformed: Malformed) {
  const [, accessKeyId = '', date = '', region = '', service, end] = CREDENTIAL.exec(text ?? '') ?? [];
  if (accessKeyId === '')
    throw malformed('the Credential is mal-formed; expecting "<KEY>/YYYYMMDD/REGION/s3/aws4_request".');
  if (service !== 's3') throw malformed(`incorrect service "${service}". This endpoint belongs to "s3".`);
  if (end !== 'aws4_request') throw malformed(`incorrect terminal "${end}". This endpoint uses "aws4_request".`);
  if (!signedAt.startsWith(date)) throw malformed(`incorrect date "${date}". It was signed at "${signedAt}".`);
  return { accessKeyId, date, region };
}

function readNames(text: string | undefined, malformed: Malformed): string[] {
  const names = (text ?? '').split(';');
  if (names.some((name) => name === '' || name !== name.toLowerCase()))
    throw malformed('SignedHeaders are names in lower case, separated by semicolons.');
  return names;
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function toTime(instant: string): number {
  return Date.parse(instant.replace(INSTANT, '$1-$2-$3T$4:$5:$6Z'));
}

const malformedHeader: Malformed = (reason) =>
  new S3Error(400, 'AuthorizationHeaderMalformed', `The authorization header is malformed; ${reason}`);
const malformedQuery: Malformed = (reason) => new S3Error(400, 'AuthorizationQueryParametersError', reason);
function unsupported(): S3Error {
  return invalidRequest('The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.');
}

function undated(): S3Error {
  const { status, code } = accessDenied();
  return new S3Error(status, code, 'AWS authentication requires a valid Date or x-amz-date header');
}
