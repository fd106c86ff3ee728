import type { Run } from '../../../statemachine/contract';
import { AccessDeniedError } from '../../../statemachine/errors';

/**
 * Finds out whether a policy demands the ACL `bucket-owner-full-control`. Such a policy denies writes without the ACL. The only way
 * to find out is to try again with it.
 *
 * @param probe  tries what a run will do
 * @returns the run, with the ACL if that makes the difference
 * @throws AccessDeniedError  the error of the first try, if the ACL does not help or the input says which ACL to send
 */
export async function settleAcl(run: Run, probe: (run: Run) => Promise<void>): Promise<Run> {
  try {
    await probe(run);
    return run;
  } catch (error) {
    if (!(error instanceof AccessDeniedError) || run.input.acl !== 'auto' || run.settings.acls) throw error;
    const withAcl = { ...run, settings: { ...run.settings, acls: true, aclsUnknown: undefined } };
    await probe(withAcl).catch(() => {
      throw error;
    });
    return withAcl;
  }
}
