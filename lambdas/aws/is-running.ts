import { hostname } from 'node:os';
import { DescribeExecutionCommand, ExecutionDoesNotExist, SFNClient } from '@aws-sdk/client-sfn';
import { isAwsEndpoint } from '../../statemachine/aws-endpoint';

/**
 * Whether an execution still runs: false only if that is certain.
 *
 * @param executionId  the ARN of an execution, or `local:<host>:<process id>:<run id>` of the local runner
 */
export async function isRunning(executionId: string): Promise<boolean> {
  return executionId.startsWith('arn:') ? isExecutionRunning(executionId) : isProcessRunning(executionId);
}

async function isExecutionRunning(executionArn: string): Promise<boolean> {
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3: s3, AWS_ENDPOINT_URL_SFN } = process.env;
  // S3 is elsewhere, and no endpoint of Step Functions was named: AWS knows nothing of an execution there.
  if (s3 && !isAwsEndpoint(s3) && !AWS_ENDPOINT_URL && !AWS_ENDPOINT_URL_SFN) return true;
  try {
    const { status } = await new SFNClient({ region: executionArn.split(':')[3] }).send(
      new DescribeExecutionCommand({ executionArn }),
    );
    return status === 'RUNNING' || status === 'PENDING_REDRIVE';
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return false;
    throw error;
  }
}

function isProcessRunning(executionId: string): boolean {
  const [, host, processId] = executionId.split(':');
  if (host !== hostname()) return true;
  try {
    process.kill(Number(processId), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
