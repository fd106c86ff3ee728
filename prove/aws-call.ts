import type { S3Client } from '@aws-sdk/client-s3';
import { HttpRequest } from '@smithy/core/protocols';
import { requestHandler } from '../lambdas/s3/network/request-handler';
import { isAwsEndpoint } from '../statemachine/aws-endpoint';
import { dnsSuffixOf, partitionOf } from '../statemachine/partition';

/** Services that get only a few set-up requests, so an SDK client for each would not be worth its size. */
export type Service = 'sts' | 'iam' | 'sqs' | 'kms' | 'lambda' | 'servicequotas';

/** A service has rejected a request, or does not exist. */
export class AwsCallError extends Error {
  override readonly name = 'AwsCallError';

  constructor(
    readonly status: number,
    /** The service's own code. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export interface Signing {
  readonly client: S3Client;
  readonly region: string;
  readonly endpoint?: string;
}

/** Calls an operation of a service that accepts a form and answers with XML: STS and IAM. @throws AwsCallError */
export async function callQuery(
  signing: Signing,
  service: 'sts' | 'iam',
  action: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<string> {
  const version = service === 'sts' ? '2011-06-15' : '2010-05-08';
  const body = new URLSearchParams({ Action: action, Version: version, ...parameters }).toString();
  const { status, text } = await sendSigned(signing, service, {
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body,
  });
  if (status < 300 && text.includes(`<${action}Response`)) return text;
  throw new AwsCallError(status, elementOf(text, 'Code') ?? 'Unknown', describe(service, action, status, text));
}

/** For services that use JSON: the prefix of operation names, and the version of the protocol. */
const JSON_TARGETS = {
  kms: ['TrentService', '1.1'],
  sqs: ['AmazonSQS', '1.0'],
  servicequotas: ['ServiceQuotasV20190624', '1.1'],
} as const;

/** Calls an operation of a service that uses JSON. @throws AwsCallError */
export async function callJson<Output>(
  signing: Signing,
  service: keyof typeof JSON_TARGETS,
  action: string,
  input: object,
): Promise<Output> {
  const [target, version] = JSON_TARGETS[service];
  const { status, text } = await sendSigned(signing, service, {
    method: 'POST',
    path: '/',
    headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': `${target}.${action}` },
    body: JSON.stringify(input),
  });
  if (status < 300) return JSON.parse(text || '{}');
  const [, code = 'Unknown'] = /"__type":\s*"(?:[^"#]*#)?([^"]+)"/.exec(text) ?? [];
  throw new AwsCallError(status, code, describe(service, action, status, text));
}

/** Sends a GET to a service whose operations are paths: Lambda. @throws AwsCallError */
export async function callRest<Output>(signing: Signing, service: 'lambda', path: string): Promise<Output> {
  const { status, text } = await sendSigned(signing, service, { method: 'GET', path, headers: {} });
  if (status < 300) return JSON.parse(text);
  throw new AwsCallError(status, 'Unknown', describe(service, path, status, text));
}

export function elementOf(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}

async function sendSigned(
  { client, region, endpoint }: Signing,
  service: Service,
  { method, path, headers, body }: Pick<HttpRequest, 'method' | 'path' | 'headers'> & { readonly body?: string },
): Promise<{ status: number; text: string }> {
  const url = new URL(endpointOf(service, region, endpoint));
  const request = new HttpRequest({
    method,
    path,
    protocol: url.protocol,
    hostname: url.hostname,
    port: url.port === '' ? undefined : Number(url.port),
    headers: { host: url.host, ...headers },
    body,
  });
  const signingRegion = service === 'iam' ? globalRegion(region) : region;
  const scope = { signingRegion, signingService: service };
  const signer = await client.config.signer({ name: 'sigv4', signingName: service, signingRegion, properties: {} });
  const signed = (await signer.sign(request, scope)) as HttpRequest;
  const handler = requestHandler();
  try {
    const { response } = await handler.handle(signed, { collect: true });
    return { status: response.statusCode, text: Buffer.from(response.body).toString('utf8') };
  } finally {
    handler.destroy();
  }
}

/** The endpoint that a variable of the AWS tools sets. */
export function namedEndpoint(service: Service): string | undefined {
  const name = service === 'servicequotas' ? 'SERVICE_QUOTAS' : service.toUpperCase();
  return process.env[`AWS_ENDPOINT_URL_${name}`] || process.env.AWS_ENDPOINT_URL || undefined;
}

/** A server other than AWS has all services at one address. The variables of the AWS tools may name others. */
export function endpointOf(service: Service, region: string, endpoint: string | undefined): string {
  const named = namedEndpoint(service);
  if (named !== undefined) return named;
  if (endpoint !== undefined && !isAwsEndpoint(endpoint)) return endpoint;
  const partition = partitionOf(region);
  const suffix = dnsSuffixOf(partition);
  if (service !== 'iam') return `https://${service}.${region}.${suffix}`;
  if (partition === 'aws') return `https://iam.${suffix}`;
  return `https://iam.${partition === 'aws-us-gov' ? 'us-gov' : globalRegion(region)}.${suffix}`;
}

/** The Region of IAM in each partition. */
const GLOBAL_REGIONS: Readonly<Record<string, string>> = {
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
  'aws-iso': 'us-iso-east-1',
  'aws-iso-b': 'us-isob-east-1',
  'aws-iso-e': 'eu-isoe-west-1',
  'aws-iso-f': 'us-isof-south-1',
  'aws-eusc': 'eusc-de-east-1',
};

function globalRegion(region: string): string {
  return GLOBAL_REGIONS[partitionOf(region)] ?? 'us-east-1';
}

function describe(service: string, what: string, status: number, text: string): string {
  const message = elementOf(text, 'Message') ?? text.slice(0, 300);
  return `${service} answered ${what} with ${status}: ${message}`;
}
