import { regionOfCloudFront } from '../../lambdas/host/invalidator/open-invalidator';
import { sharedCredentials } from '../../lambdas/s3/credentials/credentials';
import { requestHandler } from '../../lambdas/s3/network/request-handler';
import { ask } from './ask';
import type { DistributionFacts, DistributionQuestion, DistributionSettings } from './distribution-facts';
import type { Answer } from './finding';

/** Asks CloudFront for the settings of a distribution, by one request that reads. */
export async function readDistribution(question: DistributionQuestion): Promise<DistributionFacts> {
  return { ...question, settings: await readSettings(question) };
}

async function readSettings({
  id,
  region,
  endpoint,
}: DistributionQuestion): Promise<Answer<DistributionSettings | undefined>> {
  if (endpoint !== undefined && !process.env.AWS_ENDPOINT_URL_CLOUDFRONT && !process.env.AWS_ENDPOINT_URL) {
    return { unknown: `nobody said where the CloudFront of ${endpoint} is: set AWS_ENDPOINT_URL_CLOUDFRONT` };
  }
  // few mirrors have a distribution, so others need not load the client
  const { CloudFrontClient, GetDistributionCommand } = await import('@aws-sdk/client-cloudfront');
  const client = new CloudFrontClient({
    region: regionOfCloudFront(region),
    ...sharedCredentials(),
    requestHandler: requestHandler(),
  });
  return ask(
    'cloudfront:GetDistribution',
    async () => {
      const { Distribution, ETag = '' } = await client.send(new GetDistributionCommand({ Id: id }));
      const config = Distribution?.DistributionConfig;
      return config && { config, eTag: ETag };
    },
    { NoSuchDistribution: undefined },
  );
}
