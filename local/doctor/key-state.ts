import type { S3Client } from '@aws-sdk/client-s3';
import { requestHandler } from '../../lambdas/s3/network/request-handler';
import { regionOfArn } from '../../statemachine/partition';
import { ask } from './ask';
import type { EncryptionFacts } from './bucket-facts';
import type { Answer } from './finding';

interface Place {
  readonly client: S3Client;
  readonly region: string;
  /** Of S3, if it is not AWS. */
  readonly endpoint: string | undefined;
}

/** Asks KMS for the state of the key that encrypts new objects: `Enabled`, `Disabled`, `PendingDeletion` and so on. */
export async function readKeyState(
  encryption: Answer<EncryptionFacts>,
  { client, region, endpoint }: Place,
): Promise<Answer<string | undefined>> {
  if (!('value' in encryption)) return encryption;
  const { keyId } = encryption.value;
  if (keyId === undefined) return { value: undefined };
  if (endpoint !== undefined && !process.env.AWS_ENDPOINT_URL_KMS && !process.env.AWS_ENDPOINT_URL) {
    return { unknown: `nobody said where the keys of ${endpoint} are: set AWS_ENDPOINT_URL_KMS` };
  }
  // few buckets have a key, so others need not load the client
  const { DescribeKeyCommand, KMSClient } = await import('@aws-sdk/client-kms');
  const kms = new KMSClient({
    region: regionOfArn(keyId) ?? region,
    credentials: client.config.credentials,
    requestHandler: requestHandler(),
  });
  return ask(
    'kms:DescribeKey',
    async () => (await kms.send(new DescribeKeyCommand({ KeyId: keyId }))).KeyMetadata?.KeyState ?? 'Unknown',
    { NotFoundException: 'NotFound' },
  );
}
