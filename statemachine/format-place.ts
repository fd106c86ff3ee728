import type { Place } from './contract';

/** `AWS, account 111111111111, eu-west-1 to us-east-1` */
export function formatPlace({ account, endpoint = 'AWS', sourceRegion, destinationRegion }: Place): string {
  const regions = sourceRegion === destinationRegion ? sourceRegion : `${sourceRegion} to ${destinationRegion}`;
  return [endpoint, account && `account ${account}`, regions].filter(Boolean).join(', ');
}
