import type { Place } from '../statemachine/contract';

/** `AWS, account 111111111111, eu-west-1 to us-east-1`, `from http://127.0.0.1:9000 through the machine to AWS, eu-west-1` */
export function formatPlace({
  account,
  endpoint = 'AWS',
  streamedFrom,
  sourceRegion,
  destinationRegion,
}: Place): string {
  const regions = sourceRegion === destinationRegion ? sourceRegion : `${sourceRegion} to ${destinationRegion}`;
  const place = streamedFrom === undefined ? endpoint : `from ${streamedFrom} through the machine to ${endpoint}`;
  return [place, account && `account ${account}`, regions].filter(Boolean).join(', ');
}
