import { setTimeout as sleep } from 'node:timers/promises';
import { type Body, bodyBytes } from './body';
import type { Answer } from './call';
import { S3Error } from './errors';

/** An S3 error. Its status may also be 200, as for CopyObject. */
export interface ErrorFault {
  readonly status: number;
  readonly code: string;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer of a proxy or another web server instead of S3. */
export interface WebPage {
  readonly status: number;
  readonly page: string;
}

/** An answer without end: it repeats a piece of a body. */
export interface EndlessAnswer {
  readonly endless: string;
  /** @default 200 */
  readonly status?: number;
  /** Between two pieces. @default 0, as fast as the client reads */
  readonly pauseMs?: number;
}

/** What the client gets: an error, a page of another server, a cut connection, no answer ever, or an answer without end. */
export type Failure = ErrorFault | WebPage | EndlessAnswer | 'reset' | 'stall';

/**
 * How a request fails. Without effect, it only gets an error. With `after`, it takes effect and its answer is lost. Or its
 * answer is rewritten, is cut off behind a text, or gets other headers. Or it only takes longer.
 */
export type Fault =
  | Failure
  | { readonly after: Failure }
  | { readonly rewrite: (body: string) => string | { readonly cut: string } }
  | { readonly alter: (answer: Answer) => Answer }
  | { readonly delayMs: number };

export type Outcome = Answer | EndlessAnswer | 'reset' | 'stall' | { readonly cut: string };

/** @throws S3Error */
export async function suffer(fault: Fault | undefined, carryOut: () => Promise<Answer>): Promise<Outcome> {
  if (fault === undefined) return carryOut();
  if (typeof fault === 'string' || 'code' in fault || 'endless' in fault || 'page' in fault) return fail(fault);
  if ('delayMs' in fault) {
    await sleep(fault.delayMs);
    return carryOut();
  }
  const answer = await carryOut();
  if ('alter' in fault) return fault.alter(answer);
  if ('after' in fault) return fail(fault.after);
  const body = fault.rewrite(textOf(answer.body));
  return typeof body === 'string' ? { ...answer, body } : body;
}

/**
 * The same for a request of the same process, which can meet an error or a cut connection.
 *
 * @throws S3Error, or the error of a connection that is cut
 */
export async function sufferWithin(fault: Fault | undefined, carryOut: () => Promise<Answer>): Promise<Answer> {
  if (fault !== undefined && typeof fault !== 'string' && ('rewrite' in fault || 'alter' in fault))
    throw onlyOverHttp();
  const outcome = await suffer(fault, carryOut);
  if (outcome === 'reset') throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  if (typeof outcome === 'string' || !('status' in outcome) || 'endless' in outcome) throw onlyOverHttp();
  return outcome as Answer;
}

function onlyOverHttp(): Error {
  return new Error('Expected a fault that a request without HTTP can meet; ask over HTTP for this one');
}

function fail(failure: Failure): Outcome {
  if (typeof failure === 'string' || 'endless' in failure) return failure;
  if ('page' in failure)
    return { status: failure.status, headers: { 'content-type': 'text/html; charset=utf-8' }, body: failure.page };
  const { status, code, message = code, headers = {} } = failure;
  throw new S3Error(status, code, message, {}, headers);
}

function textOf(body: string | Body | undefined): string {
  return body === undefined || typeof body === 'string' ? (body ?? '') : bodyBytes(body).toString();
}
