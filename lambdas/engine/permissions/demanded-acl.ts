import type { Run } from '../../../statemachine/contract';
import { AccessDeniedError } from '../../../statemachine/errors';

/**
 * A policy may deny what is written without `bucket-owner-full-control`, and nothing tells but that it is allowed with it.
 *
 * @param probe  tries what a run will do
 * @returns the run, with the ACL if that makes the difference
 * @throws AccessDeniedError  of the first try: the ACL does not help, or the input says which one to send
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
