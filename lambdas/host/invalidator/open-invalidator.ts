import { partitionOf } from '../../../statemachine/partition';
import type { Invalidator } from '../../engine/ports/invalidator';

/** CloudFront as this machine reaches it. Its client is loaded with the first request. */
export function openInvalidator({ AWS_REGION = '' }: NodeJS.ProcessEnv): Invalidator {
  const region = regionOfCloudFront(AWS_REGION);
  return {
    create: async (request) => (await import('./cloudfront')).createInvalidation(request, region),
    isComplete: async (distribution, id) =>
      (await import('./cloudfront')).isInvalidationComplete(distribution, id, region),
  };
}

/** CloudFront has one endpoint for each partition. */
export function regionOfCloudFront(region: string): string {
  return partitionOf(region) === 'aws-cn' ? 'cn-northwest-1' : 'us-east-1';
}
