import { isForbidden } from '../../lambdas/s3/errors/s3-errors';
import { codeOf, describeError } from '../../lambdas/s3/errors/server-words';
import { isNotImplemented } from '../../lambdas/s3/errors/unknown-request';
import { AccessDeniedError } from '../../statemachine/errors';
import type { Answer } from './finding';

/** Names of services other than S3 for a missing permission. */
const DENIED = /^(AccessDenied|UnauthorizedOperation|AuthorizationError|NotAuthorized)/;
/** How servers say that they do not have an operation. */
const UNSUPPORTED =
  /^(NotFound|NotImplemented|MethodNotAllowed|UnknownOperation|InvalidAction|UnsupportedOperation|UnsupportedArgument)/;

/**
 * Asks a server, and keeps the reason if it does not answer.
 *
 * @param action  the permission that the request requires
 * @param absences  codes of errors that mean that there is no such setting, and what that means
 */
export async function ask<T>(
  action: string,
  request: () => Promise<T>,
  absences: Readonly<Record<string, T>> = {},
): Promise<Answer<T>> {
  try {
    return { value: await request() };
  } catch (error) {
    const code = codeOf(error);
    return Object.hasOwn(absences, code) ? { value: absences[code] as T } : { unknown: whyNot(error, action) };
  }
}

export function whyNot(error: unknown, action: string): string {
  // these say what to allow
  if (error instanceof AccessDeniedError) return error.message;
  const code = codeOf(error);
  if (isNotImplemented(error) || UNSUPPORTED.test(code)) return `this server does not tell (${code})`;
  if (isForbidden(error) || DENIED.test(code)) return `these credentials lack ${action} (${describeError(error)})`;
  return describeError(error);
}
