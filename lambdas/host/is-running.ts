import { DescribeExecutionCommand, ExecutionDoesNotExist, SFNClient } from '@aws-sdk/client-sfn';
import { isAwsEndpoint } from '../../statemachine/aws-endpoint';
import { isExecutionArn } from '../../statemachine/execution-id';
import { regionOfArn } from '../../statemachine/partition';
import type { ProcessIdentity } from '../engine/ports/process-identity';
import { sharedCredentials } from '../s3/credentials/credentials';
import { requestHandler } from '../s3/network/request-handler';
import { isProcessRunning } from './process-identity';

/**
 * Whether a run is active. False only if it has certainly ended.
 *
 * @param startedAt  of an execution, ISO 8601
 * @param process  process of a local run. Nothing else identifies it, because hosts share names and process ids
 */
export async function isRunning(executionId: string, startedAt: string, process?: ProcessIdentity): Promise<boolean> {
  return isExecutionArn(executionId) ? isExecutionRunning(executionId, startedAt) : isProcessRunning(process);
}

/** How long a new execution may be unknown, because DescribeExecution is eventually consistent. */
const UNSEEN_FOR_MS = 120_000;

async function isExecutionRunning(executionArn: string, startedAt: string): Promise<boolean> {
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3: s3, AWS_ENDPOINT_URL_SFN } = process.env;
  // S3 is not AWS, and no endpoint of Step Functions was named, so AWS does not know such an execution
  if (s3 && !isAwsEndpoint(s3) && !AWS_ENDPOINT_URL && !AWS_ENDPOINT_URL_SFN) return true;
  try {
    const client = new SFNClient({
      region: regionOfArn(executionArn),
      ...sharedCredentials(),
      requestHandler: requestHandler(),
    });
    const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
    return status === 'RUNNING' || status === 'PENDING_REDRIVE';
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return Math.abs(Date.now() - Date.parse(startedAt)) < UNSEEN_FOR_MS;
    throw error;
  }
}
