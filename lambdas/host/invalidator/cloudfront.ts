import { CloudFrontClient, CreateInvalidationCommand, GetInvalidationCommand } from '@aws-sdk/client-cloudfront';
import type { InvalidationRequest } from '../../engine/ports/invalidator';
import { sharedCredentials } from '../../s3/credentials/credentials';
import { requestHandler } from '../../s3/network/request-handler';

/** CloudFront answers `Throttling` to some requests in a row. A repeated request creates nothing new. */
const ATTEMPTS = 4;

/** A network without a way to CloudFront lets requests hang. */
const LIMIT_MS = 20_000;

/** @returns the id of the invalidation */
export async function createInvalidation(
  { distribution, reference, items }: InvalidationRequest,
  region: string,
): Promise<string> {
  const InvalidationBatch = { CallerReference: reference, Paths: { Quantity: items.length, Items: [...items] } };
  const command = new CreateInvalidationCommand({ DistributionId: distribution, InvalidationBatch });
  const { Invalidation } = await clientIn(region).send(command, { abortSignal: AbortSignal.timeout(LIMIT_MS) });
  return Invalidation?.Id ?? '';
}

export async function isInvalidationComplete(distribution: string, Id: string, region: string): Promise<boolean> {
  const command = new GetInvalidationCommand({ DistributionId: distribution, Id });
  const { Invalidation } = await clientIn(region).send(command, { abortSignal: AbortSignal.timeout(LIMIT_MS) });
  return Invalidation?.Status === 'Completed';
}

function clientIn(region: string): CloudFrontClient {
  return new CloudFrontClient({
    region,
    maxAttempts: ATTEMPTS,
    ...sharedCredentials(),
    requestHandler: requestHandler(),
  });
}
