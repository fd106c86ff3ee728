import { STATUS_CODES } from 'node:http';
import { isThrottlingError, isTransientError } from '@smithy/core/retry';

/** The parts of an error (of the SDK, undici or Node.js) that describe an answer. */
interface Answered extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown };
  readonly code?: unknown;
  readonly errors?: readonly unknown[];
}

/** The SDK's names for an answer without an S3 code, such as the answer to HEAD. */
const WITHOUT_CODE: ReadonlySet<string> = new Set(['', 'Unknown', 'UnknownError', 'Error', 'S3ServiceException']);

/** A good status with a bad answer. */
const UNREADABLE = 'UnreadableAnswer';

/** The meaning of such an answer, by its status. */
const CODES: Readonly<Record<number, string>> = {
  403: 'AccessDenied',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  412: 'PreconditionFailed',
  416: 'InvalidRange',
  429: 'SlowDown',
  501: 'NotImplemented',
  503: 'SlowDown',
};

/** Request Timeout, Conflict, Too Early. */
const PASSING: ReadonlySet<number> = new Set([408, 409, 425]);

/** Enough to recognise the source of a page. */
const SHOWN_CHARACTERS = 120;

/** The status of the answer. Undefined if there was none. */
export function statusOf(error: unknown): number | undefined {
  return (error as Answered | undefined)?.$metadata?.httpStatusCode;
}

/**
 * Whether a later attempt may succeed: the server did not answer, or said that it is unable to. A rejected request would be
 * rejected again.
 */
export function mayPass(error: unknown): boolean {
  const given = error as Parameters<typeof isTransientError>[0];
  return isTransientError(given) || isThrottlingError(given) || PASSING.has(statusOf(error) ?? 0);
}

/** S3's own code. Without a code: the meaning of the status. Without an answer: the name of the error. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Error';
  const status = statusOf(error);
  if (status === undefined) return error.name;
  if (!WITHOUT_CODE.has(error.name) && !isUnreadable(error)) return error.name;
  if (status < 300) return UNREADABLE;
  return CODES[status] ?? nameOfStatus(status);
}

/**
 * Everything that a server said: `QuotaExceeded: The quota is 10 GiB (HTTP 403, request 4442587FB7D0A2F9)`. For an answer that
 * does not come from S3, such as a proxy's: `BadGateway: no answer of S3, but text/html: "Bad Gateway" (HTTP 502)`.
 */
export function describeError(error: unknown): string {
  return `${codeOf(error)}: ${messageOf(error)}`;
}

/** The same without the code, if the error has it in its name. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const status = statusOf(error);
  const said = status === undefined ? ownWords(error) : wordsOfAnswer(error, status);
  return `${said}${referenceOf(status, requestIdOf(error))}`;
}

/** The facts by which the server's operator finds the request. */
export function referenceOf(status: number | undefined, requestId: string | undefined): string {
  const facts = [status !== undefined && `HTTP ${status}`, requestId && `request ${requestId}`].filter(Boolean);
  return facts.length === 0 ? '' : ` (${facts.join(', ')})`;
}

function requestIdOf(error: Answered): string | undefined {
  const headers = error.$response?.headers ?? {};
  return error.$metadata?.requestId ?? headers['x-amz-request-id'] ?? headers['x-amz-requestid'];
}

/** If several addresses fail, the common error has no message of its own. */
function ownWords({ message, errors, code }: Answered): string {
  if (message !== '') return message;
  const each = (errors ?? []).flatMap((error) => (error instanceof Error && error.message !== '' ? error.message : []));
  return each.length > 0 ? each.join('; ') : String(code ?? 'no words');
}

function wordsOfAnswer(error: Answered, status: number): string {
  if (!isUnreadable(error) && error.message !== '' && error.message !== 'UnknownError') return error.message;
  const body = textOf(error.$response?.body);
  if (body === '') return `it answered ${status} without a word`;
  if (isXmlOfS3(body)) return 'the answer gives no reason';
  const type = error.$response?.headers?.['content-type']?.split(';')[0] ?? 'something else';
  return `no answer of S3, but ${type}: ${JSON.stringify(shorten(body))}`;
}

/** Whether a proxy, a firewall or a web server has answered instead of S3. */
export function isOfSomethingElse(error: unknown): boolean {
  const body = textOf((error as Answered | undefined)?.$response?.body);
  return (statusOf(error) ?? 0) >= 300 && body !== '' && !isXmlOfS3(body);
}

/** A web page may be XML, too. */
function isXmlOfS3(body: string): boolean {
  return body.startsWith('<Error') || (body.startsWith('<?xml') && !/<html\b/i.test(body));
}

/** The SDK could not parse the answer, so the error is about parsing, not from the server. */
function isUnreadable(error: Answered): boolean {
  return (statusOf(error) ?? 0) >= 300 && !('$fault' in error);
}

/** `BadGateway` */
function nameOfStatus(status: number): string {
  return STATUS_CODES[status]?.replaceAll(/\W/g, '') ?? `Http${status}`;
}

function textOf(body: unknown): string {
  const text = typeof body === 'string' ? body : body instanceof Uint8Array ? Buffer.from(body).toString('utf8') : '';
  return text.trim();
}

/** The visible text of a web page. */
function shorten(body: string): string {
  const text = body
    .replaceAll(/<(script|style)\b[\s\S]*?<\/\1>/gi, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return (text || body).slice(0, SHOWN_CHARACTERS);
}
