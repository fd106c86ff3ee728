import type { Place, Run } from '../../statemachine/contract';
import type { Host } from './host';

/** `arn:aws:states:eu-west-1:111111111111:execution:…` */
const ACCOUNT_OF_EXECUTION = /^arn:[^:]*:states:[^:]*:(\d{12}):/;

/** Where a run worked, as far as that can be told without a request. */
export async function describePlace({ executionId, sourceRegion, destinationRegion }: Run, host: Host): Promise<Place> {
  const account = ACCOUNT_OF_EXECUTION.exec(executionId)?.[1] ?? (await host.findAccount?.());
  const { endpoint } = host;
  return { ...(account && { account }), ...(endpoint && { endpoint }), sourceRegion, destinationRegion };
}
