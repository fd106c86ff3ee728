import type { Place, Run } from '../../../statemachine/contract';
import type { Host } from '../ports/host';

/** `arn:aws:states:eu-west-1:111111111111:execution:…` */
const ACCOUNT_OF_EXECUTION = /^arn:[^:]*:states:[^:]*:(\d{12}):/;

/**
 * Looks for the account that a run works with. The run goes on meanwhile and does not wait for the answer.
 *
 * @returns a function that returns the account, if it is known by then
 */
export function lookForAccount(
  { executionId, account: known }: Pick<Run, 'executionId' | 'account'>,
  host: Host,
): () => string | undefined {
  let account = known ?? ACCOUNT_OF_EXECUTION.exec(executionId)?.[1];
  if (account === undefined) {
    host.findAccount?.().then(
      (found) => (account = found),
      () => {},
    );
  }
  return () => account;
}

/** Where a run worked, as far as it is known. */
export function describePlace(
  { executionId, input, sourceRegion, destinationRegion }: Run,
  account: string | undefined,
  { endpoint: home, worlds }: Host,
): Place {
  const sides = worlds?.describe(input);
  const endpoint = sides ? sides.destination.endpoint : home;
  return {
    // A local run with credentials of its own for a side works with more than one account.
    ...(account && (!sides || ACCOUNT_OF_EXECUTION.test(executionId)) && { account }),
    ...(endpoint && { endpoint }),
    ...(sides?.streams && { streamedFrom: sides.source.endpoint ?? 'AWS' }),
    sourceRegion,
    destinationRegion,
  };
}
