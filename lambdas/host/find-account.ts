import type { S3Client } from '@aws-sdk/client-s3';
import { HttpRequest } from '@smithy/core/protocols';
import { anyRegionClient } from '../s3/client/s3-client';
import { endpointOf, isAws } from '../s3/credentials/worlds';

type Config = S3Client['config'];

/** How long STS may take. The run does not wait for it. */
const LIMITS = { collect: true, requestTimeout: 5_000, answerTimeout: 5_000, maxBytes: 65_536 } as const;
const REQUEST = 'Action=GetCallerIdentity&Version=2011-06-15';
const ACCOUNT = /<Account>(\d{12})<\/Account>/;

/**
 * The account of the credentials. Credentials of a role or a session contain it; otherwise STS tells it, which requires no
 * permission. It never fails. Undefined: unknown.
 */
export async function findAccount(): Promise<string | undefined> {
  try {
    const { config } = await anyRegionClient();
    const { accountId } = await config.credentials();
    return accountId ?? (await askSts(config));
  } catch {
    return undefined;
  }
}

async function askSts(config: Config): Promise<string | undefined> {
  const region = await config.region();
  const endpoint = stsEndpoint(config, region, await config.useFipsEndpoint());
  if (endpoint === undefined) return undefined;
  const signer = await config.signer({ name: 'sigv4', signingName: 'sts', signingRegion: region, properties: {} });
  const request = new HttpRequest({
    method: 'POST',
    protocol: endpoint.protocol,
    hostname: endpoint.hostname,
    ...(endpoint.port && { port: Number(endpoint.port) }),
    path: endpoint.pathname,
    headers: { host: endpoint.host, 'content-type': 'application/x-www-form-urlencoded' },
    body: REQUEST,
  });
  const signed = await signer.sign(request, { signingService: 'sts', signingRegion: region });
  const { response } = await config.requestHandler.handle(signed as HttpRequest, LIMITS);
  return response.statusCode === 200 ? ACCOUNT.exec(String(response.body))?.[1] : undefined;
}

/**
 * The endpoint of STS. Undefined if STS must not be asked: the credentials are for another S3, or the user named an endpoint
 * of AWS (as in a network without internet) but none for STS.
 */
export function stsEndpoint(config: Config, Region: string, UseFIPS: boolean): URL | undefined {
  const named = process.env.AWS_ENDPOINT_URL_STS;
  if (!isAws() || (endpointOf() !== undefined && !named)) return undefined;
  if (named) return new URL(named);
  // in each partition, its name has the same form as that of S3
  const { url } = config.endpointProvider({ Region, UseFIPS, UseDualStack: false });
  return new URL(`https://${url.hostname.replace(/^s3/, 'sts')}/`);
}
