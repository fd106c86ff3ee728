import { STATUS_CODES } from 'node:http';
import { isThrottlingError, isTransientError } from '@smithy/core/retry';

/** What an error of the SDK, of undici or of Node.js tells of an answer. */
interface Answered extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown };
  readonly code?: unknown;
  readonly errors?: readonly unknown[];
}

/** The SDK's names for an answer that has no code of S3, such as that to a HEAD. */
const WITHOUT_CODE: ReadonlySet<string> = new Set(['', 'Unknown', 'UnknownError', 'Error', 'S3ServiceException']);

/** A good status, and an answer that is none. */
const UNREADABLE = 'UnreadableAnswer';

/** What such an answer means, as far as its status tells. */
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

/** Enough to recognise whose page it is. */
const SHOWN_CHARACTERS = 120;

/** The status of the answer; undefined where there was none. */
export function statusOf(error: unknown): number | undefined {
  return (error as Answered | undefined)?.$metadata?.httpStatusCode;
}

/**
 * Whether another time may pass what did not now: the server did not answer, or has said that it is not able to. What it
 * refuses, it refuses again.
 */
export function mayPass(error: unknown): boolean {
  const given = error as Parameters<typeof isTransientError>[0];
  return isTransientError(given) || isThrottlingError(given) || PASSING.has(statusOf(error) ?? 0);
}

/** S3's own code; of an answer without one what its status means, and of no answer the name of the error. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Error';
  const status = statusOf(error);
  if (status === undefined) return error.name;
  if (!WITHOUT_CODE.has(error.name) && !isUnreadable(error)) return error.name;
  if (status < 300) return UNREADABLE;
  return CODES[status] ?? nameOfStatus(status);
}

/**
 * All that a server said: `QuotaExceeded: The quota is 10 GiB (HTTP 403, request 4442587FB7D0A2F9)`. Of an answer that is not
 * S3's, as a proxy gives it: `BadGateway: no answer of S3, but text/html: "Bad Gateway" (HTTP 502)`.
 */
export function describeError(error: unknown): string {
  return `${codeOf(error)}: ${messageOf(error)}`;
}

/** The same without the code, for where an error has it in its name. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const status = statusOf(error);
  const said = status === undefined ? ownWords(error) : wordsOfAnswer(error, status);
  return `${said}${referenceOf(status, requestIdOf(error))}`;
}

/** What somebody who runs the server finds a request by. */
export function referenceOf(status: number | undefined, requestId: string | undefined): string {
  const facts = [status !== undefined && `HTTP ${status}`, requestId && `request ${requestId}`].filter(Boolean);
  return facts.length === 0 ? '' : ` (${facts.join(', ')})`;
}

function requestIdOf(error: Answered): string | undefined {
  const headers = error.$response?.headers ?? {};
  return error.$metadata?.requestId ?? headers['x-amz-request-id'] ?? headers['x-amz-requestid'];
}

/** Several addresses that were tried fail with one error without words of its own. */
function ownWords({ message, errors, code }: Answered): string {
  if (message !== '') return message;
  const each = (errors ?? []).flatMap((error) => (error instanceof Error && error.message !== '' ? error.message : []));
  return each.length > 0 ? each.join('; ') : String(code ?? 'no words');
}

function wordsOfAnswer(error: Answered, status: number): string {
  if (!isUnreadable(error) && error.message !== '' && error.message !== 'UnknownError') return error.message;
  const body = textOf(error.$response?.body);
  if (body === '') return `it answered ${status} without a word`;
  if (body.startsWith('<?xml') || body.startsWith('<Error')) return 'the answer gives no reason';
  const type = error.$response?.headers?.['content-type']?.split(';')[0] ?? 'something else';
  return `no answer of S3, but ${type}: ${JSON.stringify(shorten(body))}`;
}

/** The SDK could not read the answer: the error is about its reading, and not what the server said. */
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

/** Of a web page, what a person would see of it. */
function shorten(body: string): string {
  const text = body
    .replaceAll(/<(script|style)\b[\s\S]*?<\/\1>/gi, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return (text || body).slice(0, SHOWN_CHARACTERS);
}
