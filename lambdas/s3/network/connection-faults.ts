import { types } from 'node:util';
import { EndpointError } from '../../engine/ports/endpoint-error';
import { describeProxy, type NamedProxy } from './proxy';
import { answersHttp, answersTls } from './spoken-protocol';

/** Error names that the SDK retries, by undici's code or error name. */
const NAME_FOR_RETRIES: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: 'TimeoutError',
  UND_ERR_HEADERS_TIMEOUT: 'TimeoutError',
  UND_ERR_BODY_TIMEOUT: 'TimeoutError',
  UND_ERR_SOCKET: 'RequestTimeout',
  // the body was cut off, although the server had announced only the end of the connection
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'RequestTimeout',
  HTTPParserError: 'RequestTimeout',
  TimeoutError: 'TimeoutError',
  // Lambda has 1,024 file descriptors. A failed attempt lowers the concurrency, which frees some.
  EMFILE: 'TimeoutError',
};

/** Codes of untrusted certificates. */
const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
]);

/** Codes of certificates that are for other hosts, for other times or for other purposes, or revoked. */
const UNUSABLE = /^(CERT_(?!UNTRUSTED)|ERR_TLS_CERT_ALTNAME)/;

/** undici's messages, for a tunnel and for a request without one. */
const REFUSED_BY_PROXY = /^Proxy (?:response|Authentication Required) \((\d+)\)/;
/** With these statuses, a proxy may accept the next request. */
const PASSING_STATUS = /^(408|429|5..)$/;

/** The destination of a request. */
export interface Destination {
  /** Protocol, host and port. */
  readonly origin: string;
  readonly proxy: NamedProxy | undefined;
  /** The file with the only authorities that are trusted, if one is named. */
  readonly trusted: string | undefined;
  /** Whether it has answered before, which proves that it speaks the protocol. */
  readonly hasAnswered: boolean;
}

/** The error is the connection's own, not that of a limit or a signal. */
export function isOfConnection(error: unknown): error is Error {
  if (!types.isNativeError(error)) return false;
  return error.name in NAME_FOR_RETRIES || typeof (error as NodeJS.ErrnoException).code === 'string';
}

/**
 * Says where a connection failed, and why, if that is known. An error that the SDK should retry gets a name that the SDK knows.
 *
 * @returns EndpointError if another attempt would not help; otherwise the same error with a better message
 */
export async function explainFault(error: Error, destination: Destination): Promise<Error> {
  const { code = error.name } = error as NodeJS.ErrnoException;
  const [, status] = REFUSED_BY_PROXY.exec(error.message) ?? [];
  if (status !== undefined) return refusedByProxy(status, destination);
  if (UNTRUSTED.has(code)) return untrusted(error, destination);
  if (UNUSABLE.test(code)) return unusable(error, destination);
  const other = await findOtherProtocol(code, destination);
  if (other !== undefined) return new EndpointError(other);
  error.message = `${destination.origin}${via(destination)}: ${wordsOf(error)}`;
  const name = NAME_FOR_RETRIES[code];
  return name === undefined ? error : Object.assign(error, { name });
}

export function neverAnswered(seconds: number, destination: Destination): EndpointError {
  return new EndpointError(
    `${destination.origin}${via(destination)} did not answer any request within ${seconds} s: make sure that it is an S3 endpoint, ` +
      'and that nothing in between holds requests back',
  );
}

/** For a plain request that got a 400, which may come from a server that expects TLS. @returns undefined if it does not */
export async function findTls(destination: Destination): Promise<EndpointError | undefined> {
  const words = await findOtherProtocol('UND_ERR_SOCKET', destination);
  return words === undefined ? undefined : new EndpointError(words);
}

function refusedByProxy(status: string, destination: Destination): Error {
  const { origin, proxy } = destination;
  const hint =
    status === '407'
      ? '. Its user and password belong in that variable: http://user:password@host:port, with %40 for @, %3A for : and %2F for /'
      : '';
  const message = `The proxy ${proxy && describeProxy(proxy)} refused the connection to ${origin}: it answered ${status}${hint}`;
  if (!PASSING_STATUS.test(status)) return new EndpointError(message);
  return Object.assign(new Error(message), { name: 'TimeoutError' });
}

function untrusted(error: Error, destination: Destination): EndpointError {
  const { origin, trusted } = destination;
  const remedy =
    trusted === undefined
      ? 'let AWS_CA_BUNDLE, or ca_bundle of the profile, name a file with the certificate of the authority that issued it'
      : `the authority that issued it is not in ${trusted} (AWS_CA_BUNDLE, or ca_bundle of the profile), whose certificates are the only ` +
        'trusted ones: add its certificate to that file';
  return new EndpointError(
    `${origin}${via(destination)} has a certificate that is not trusted here (${error.message.split(';')[0]}): ${remedy}`,
  );
}

/** No other setting here would help. */
function unusable(error: Error, destination: Destination): EndpointError {
  return new EndpointError(
    `${destination.origin}${via(destination)} has a certificate that cannot be used (${error.message}): write the endpoint with a name ` +
      'that the certificate has, or let its operator replace the certificate',
  );
}

/** Tries the other protocol once, if nothing has been answered yet and there is no proxy. */
async function findOtherProtocol(
  code: string,
  { origin, proxy, hasAnswered }: Destination,
): Promise<string | undefined> {
  if (hasAnswered || proxy) return undefined;
  const { protocol, hostname, port, host } = new URL(origin);
  const address = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (protocol === 'https:' ? 443 : 80) };
  if (protocol === 'https:' && SILENT_OR_STRANGE_TLS.test(code) && (await answersHttp(address)))
    return `${origin} speaks plain HTTP, without TLS: write http://${host} instead`;
  if (protocol === 'http:' && CLOSED_OR_STRANGE.test(code) && (await answersTls(address)))
    return `${origin} speaks TLS: write https://${host} instead`;
  return undefined;
}

/** `C0A6FEA4E37F0000:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../deps/…` */
const OF_OPENSSL = /^[0-9A-F]+:error:[^:]*:SSL routines:[^:]*:([^:]+):/;

const SILENT_OR_STRANGE_TLS = /^(ERR_SSL_.*|EPROTO|ECONNRESET|UND_ERR_CONNECT_TIMEOUT|UND_ERR_SOCKET)$/;
const CLOSED_OR_STRANGE = /^(ECONNRESET|EPIPE|UND_ERR_SOCKET|HTTPParserError|HPE_.*)$/;

function via({ proxy }: Destination): string {
  return proxy ? ` through the proxy ${describeProxy(proxy)}` : '';
}

/** If several addresses failed, each has its own error with a message. */
function wordsOf(error: Error): string {
  const [, reason] = OF_OPENSSL.exec(error.message) ?? [];
  if (reason !== undefined) return `it speaks no TLS that is understood here (${reason})`;
  if (error.message !== '' || !(error instanceof AggregateError)) return error.message;
  return error.errors.map(({ message }: Error) => message).join(', ');
}
