import { pathToFileURL } from 'node:url';
import type { S3Server } from '../../local/s3';
import { ENVIRONMENT } from '../../statemachine/contract';

/** The environment of a local run on an embedded S3, with its reports in a folder. */
export function localEnvironment({ endpoint }: S3Server, runs: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    [ENVIRONMENT.reportLocation]: pathToFileURL(runs).href,
  };
}
