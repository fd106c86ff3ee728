import { AccessDeniedError, CredentialsExpiredError, LockUnsupportedError } from '../../../statemachine/errors';
import { formatS3Url } from '../../../wording/s3-url';
import { DENIED_ACTION } from '../../engine/permissions/describe-denials';
import { adviseOnCode, adviseOnDeny, explicitDeny } from '../../engine/permissions/explain-denial';
import { orExpired } from '../../s3/credentials/renew-credentials';
import { errorCode, isForbidden, isMissingPermission } from '../../s3/errors/s3-errors';
import { codeOf, describeError, mayPass } from '../../s3/errors/server-words';
import { isUnmet } from '../../s3/errors/unless-unmet';
import { refusesConditions } from '../../s3/errors/untrusted-conditions';

/** Where a lock is, and what it requires. */
export interface LockObject {
  /** For people. */
  readonly place: string;
  /** ARN of the resource to allow. */
  readonly arn: string;
  /** Endpoint of the lock's S3, if it is not AWS. */
  readonly endpoint: string | undefined;
}

/**
 * Sends a request about a lock.
 *
 * @param isConditionUnmet  whether an error only says that the condition of the request is not met
 * @throws AccessDeniedError | LockUnsupportedError | CredentialsExpiredError | Error  each names the lock, except an error about an unmet condition
 */
export async function askAbout<Output>(
  lock: LockObject,
  action: string,
  send: () => Promise<Output>,
  isConditionUnmet = isUnmet,
): Promise<Output> {
  try {
    return await send();
  } catch (error) {
    const found = orExpired(error);
    if (found instanceof CredentialsExpiredError) throw found;
    if (isConditionUnmet(error)) throw error;
    if (isForbidden(error)) throw new AccessDeniedError(describeRefusal(lock, action, error), { cause: error });
    const said =
      `The lock of the destination is ${lock.place}, and S3 did not carry out a request for it ` +
      `(${action}: ${describeError(error)})`;
    if (refusesConditions(error) || isUnmet(error)) {
      throw new LockUnsupportedError(
        `${said}. There are two ways: ${WITHOUT_IT}. An S3 without conditional writes (If-None-Match, If-Match) cannot keep a lock`,
        { cause: error },
      );
    }
    const again = mayPass(error)
      ? 'Run it again. If the error comes back, there are two ways: '
      : 'There are two ways: ';
    throw Object.assign(new Error(`${said}. ${again}${WITHOUT_IT}`, { cause: error }), { name: codeOf(error) });
  }
}

/** The missing permission may be one for a KMS key. */
function describeRefusal(lock: LockObject, action: string, error: unknown): string {
  const { message } = error as Error;
  const refused = `The lock of the destination is ${lock.place}, and S3 refused access to it (${describeError(error)})`;
  const elsewhere = 'keep the lock beside the reports with `lock: "reports"`';
  const policy = explicitDeny(message);
  if (policy !== undefined) return `${refused}. ${adviseOnDeny(policy, lock.endpoint)}. Or ${elsewhere}`;
  if (!isMissingPermission(error)) return `${refused}. ${adviseOnCode(errorCode(error))}, or ${elsewhere}`;
  const [, named = action, resource = lock.arn] = DENIED_ACTION.exec(message) ?? [];
  const absent =
    action === 's3:GetObject' ? '. S3 tells only callers who may list the bucket that there is no lock' : '';
  return `${refused}: allow ${named} on ${resource}, or ${elsewhere}${absent}`;
}

const WITHOUT_IT =
  'keep the lock beside the reports with `lock: "reports"`, for runs that share those; or make sure that no other run writes ' +
  'there, and add --no-lock (`lock: "none"`)';

/** The server ignores conditions. */
export function heedsNone(destination: string): LockUnsupportedError {
  return new LockUnsupportedError(
    `The S3 of ${formatS3Url(destination)} ignores the conditions of writes (If-None-Match, If-Match), so it cannot keep a ` +
      `lock, and two runs that write at the same time would not notice each other. There are two ways: ${WITHOUT_IT}`,
  );
}
