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

/** What the client gets: an error, a connection that is cut, or nothing for ever. */
export type Failure = ErrorFault | 'reset' | 'stall';

/**
 * What goes wrong with a request: it fails and has no effect; it is carried out `after` all and its answer lost; its
 * answer is rewritten, or cut off behind a text; or it only takes longer.
 */
export type Fault =
  | Failure
  | { readonly after: Failure }
  | { readonly rewrite: (body: string) => string | { readonly cut: string } }
  | { readonly delayMs: number };

export type Outcome = Answer | 'reset' | 'stall' | { readonly cut: string };

/** @throws S3Error */
export async function suffer(fault: Fault | undefined, carryOut: () => Promise<Answer>): Promise<Outcome> {
  if (fault === undefined) return carryOut();
  if (typeof fault === 'string' || 'code' in fault) return fail(fault);
  if ('delayMs' in fault) {
    await sleep(fault.delayMs);
    return carryOut();
  }
  const answer = await carryOut();
  if ('after' in fault) return fail(fault.after);
  const body = fault.rewrite(textOf(answer.body));
  return typeof body === 'string' ? { ...answer, body } : body;
}

function fail(failure: Failure): 'reset' | 'stall' {
  if (typeof failure === 'string') return failure;
  const { status, code, message = code, headers = {} } = failure;
  throw new S3Error(status, code, message, {}, headers);
}

function textOf(body: string | Body | undefined): string {
  return body === undefined || typeof body === 'string' ? (body ?? '') : bodyBytes(body).toString();
}
