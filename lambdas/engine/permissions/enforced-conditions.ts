import { AccessDeniedError } from '../../../statemachine/errors';
import { formatS3Url } from '../../../wording/s3-url';
import type { CopyTrial } from '../ports/bucket-probes';
import { StoreError } from '../ports/store-error';
import { describeDenials } from './describe-denials';
import { beside } from './probe-permissions';
import type { Probing } from './probing';

/**
 * Finds out whether a policy of the destination allows writes only under a condition. It sends copies that cannot succeed.
 *
 * | copy without | if absent   | if present  | the run                                        |
 * | ------------ | ----------- | ----------- | ---------------------------------------------- |
 * | allowed      | -           | -           | goes on as the input says                      |
 * | denied       | allowed     | allowed     | writes under conditions                        |
 * | denied       | one of both |             | is rejected: it could only add or only replace |
 * | denied       | denied      | denied      | is rejected: a permission is missing           |
 * | -            | unsupported | unsupported | is rejected: S3 makes no copies there          |
 *
 * @returns whether the run has to write under conditions
 * @throws AccessDeniedError
 */
export async function findEnforcedConditions(probing: Probing): Promise<boolean> {
  const { run, phases, probes, samples, id } = probing;
  const { source } = samples;
  if (!source || !phases.some(({ copy, write }) => copy && write)) return false;
  const key = beside(source.key, `${id}-copy`);
  const attempt = (condition?: 'absent' | 'present') => probes.copyNothing(source.key, key, condition);
  const plain = run.input.conditional ? undefined : await attempt();
  if (plain?.outcome === 'allowed') return false;
  const [absent, present] = await Promise.all([attempt('absent'), attempt('present')]);
  const outcomes = [absent.outcome, present.outcome];
  if (outcomes.includes('unsupported'))
    throw refusal(probing, 'S3 makes no copies under a condition there', absent, present);
  if (!outcomes.includes('denied')) return plain !== undefined;
  if (outcomes.includes('allowed')) {
    const only =
      absent.outcome === 'allowed' ? 'be added (If-None-Match), not replaced' : 'be replaced (If-Match), not added';
    throw refusal(probing, `objects may only ${only}`, absent, present);
  }
  const error = absent.error ?? new StoreError('access-denied', 'AccessDenied');
  throw new AccessDeniedError(
    describeDenials(run, [{ actions: ['s3:PutObject'], side: 'destination', error }], probing.endpoint),
  );
}

function refusal({ run: { input } }: Probing, what: string, ...trials: readonly CopyTrial[]): AccessDeniedError {
  const said = trials.flatMap(({ error }) => error?.message ?? []).join('; ');
  return new AccessDeniedError(
    `A policy of ${formatS3Url(input.destination)} enforces conditional writes, and ${what} (${said}). A mirror has to do both: ` +
      "let its role be an exception in the bucket's policy, or choose another destination",
  );
}
