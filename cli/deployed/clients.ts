import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { SFNClient } from '@aws-sdk/client-sfn';
import { requestHandler } from '../../local/network';
import { InvalidInputError } from '../../statemachine/errors';
import { regionOfArn } from '../../statemachine/partition';
import { readAwsConfig } from '../input/aws-config';
import { processCredentials } from '../input/credentials';
import { checkEndpoint, useEndpoint } from '../input/endpoint';
import { useNetwork } from '../input/network';
import { useProfile } from '../input/profile';

/** Where the deployed state machine is, with the option names of every AWS tool. */
export interface ConnectionOptions {
  readonly endpointUrl?: string;
  readonly profile?: string;
  readonly region?: string;
  /** How often a request is tried. Absent: so often that a network failure of a minute does not matter. */
  readonly attempts?: number;
}

export interface Clients {
  readonly stepFunctions: SFNClient;
  readonly cloudFormation: CloudFormationClient;
}

/** People watch a run for hours, so a network failure of a minute must not end the watching. */
const MAX_ATTEMPTS = 8;

/**
 * @param arn  resource that the clients access; its region overrides the environment's
 * @throws InvalidInputError  the endpoint is not a URL, the profile is unknown or has no credentials, or nothing names a region
 */
export async function connect(options: ConnectionOptions, arn?: string): Promise<Clients> {
  const settings = await clientSettings(options, arn);
  const clients = {
    stepFunctions: new SFNClient({ ...settings, requestHandler: requestHandler() }),
    cloudFormation: new CloudFormationClient({ ...settings, requestHandler: requestHandler() }),
  };
  await clients.stepFunctions.config.region().catch((cause: unknown) => {
    throw new InvalidInputError('Expected a region: add --region, or set AWS_REGION', { cause });
  });
  return clients;
}

/** Settings of a client of any service. @throws InvalidInputError  as for `connect` */
export async function clientSettings(
  { endpointUrl, profile, region, attempts = MAX_ATTEMPTS }: ConnectionOptions,
  arn?: string,
) {
  const config = await readAwsConfig(process.env);
  useProfile(process.env, profile, config);
  useEndpoint(process.env, undefined, config);
  useNetwork(process.env, config);
  const credentials = processCredentials(process.env);
  return {
    profile,
    ...(credentials && { credentials }),
    endpoint: endpointUrl === undefined ? undefined : checkEndpoint(endpointUrl),
    // the AWS CLI also reads the last name, but the SDK does not
    region:
      region ??
      (arn === undefined ? undefined : regionOfArn(arn)) ??
      process.env.AWS_REGION ??
      process.env.AWS_DEFAULT_REGION,
    maxAttempts: attempts,
  };
}
