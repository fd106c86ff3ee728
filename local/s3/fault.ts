import { setTimeout as sleep } from 'node:timers/promises';
import { type Body, bodyBytes } from './body';
import type { Answer } from './call';
import { S3Error } from './errors';

/** An S3 error; its status may be 200 too, as that of CopyObject can be. */
export interface ErrorFault {
  readonly status: number;
  readonly code: string;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a proxy or another web server answers in the place of S3. */
export interface WebPage {
  readonly status: number;
  readonly page: string;
}

/** An answer that does not end: a piece of a body, again and again. */
export interface EndlessAnswer {
  readonly endless: string;
  /** @default 200 */
  readonly status?: number;
  /** Between two pieces. @default 0, as fast as they are taken */
  readonly pauseMs?: number;
}

/** What the client gets: an error, a page that is none of S3, a connection that is cut, nothing for ever, or something for ever. */
export type Failure = ErrorFault | WebPage | EndlessAnswer | 'reset' | 'stall';

/**
 * What goes wrong with a request: it fails and has no effect; it is carried out `after` all and its answer lost; its
 * answer is rewritten, or cut off behind a text, or altered in its headers, too; or it only takes longer.
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

const onlyOverHttp = () =>
  new Error('Expected a fault that a request without HTTP can meet; ask over HTTP for this one');

function fail(failure: Failure): Outcome {
  if (typeof failure === 'string' || 'endless' in failure) return failure;
  if ('page' in failure) {
    return { status: failure.status, headers: { 'content-type': 'text/html; charset=utf-8' }, body: failure.page };
  }
  const { status, code, message = code, headers = {} } = failure;
  throw new S3Error(status, code, message, {}, headers);
}

function textOf(body: string | Body | undefined): string {
  return body === undefined || typeof body === 'string' ? (body ?? '') : bodyBytes(body).toString();
}
