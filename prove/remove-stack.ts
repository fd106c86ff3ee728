import { setTimeout } from 'node:timers/promises';
import { CloudFormationClient, DeleteStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { requestHandler } from '../lambdas/s3/network/request-handler';
import type { Signing } from './aws-call';

const POLL_EVERY_MS = 5_000;
const LONGEST_MS = 1_800_000;

/** Deletes a stack and waits until it is gone. It is fine if there is no such stack. */
export async function removeStack(signing: Signing, name: string): Promise<void> {
  const client = cloudFormationOf(signing);
  try {
    await untilGone(client, name);
  } finally {
    client.destroy();
  }
}

async function untilGone(client: CloudFormationClient, name: string): Promise<void> {
  const deadline = Date.now() + LONGEST_MS;
  let status = await statusOfStack(client, name);
  if (status !== undefined) await client.send(new DeleteStackCommand({ StackName: name }));
  while (status !== undefined && Date.now() < deadline) {
    status = await statusOfStack(client, name);
    if (status === 'DELETE_FAILED') break;
    if (status !== undefined) await setTimeout(POLL_EVERY_MS);
  }
  if (status !== undefined) throw new Error(`Expected the stack ${name} to be deleted, got ${status}`);
}

export function cloudFormationOf({ client, region, endpoint }: Signing): CloudFormationClient {
  const { credentials } = client.config;
  return new CloudFormationClient({
    region,
    credentials,
    ...(endpoint && !process.env.AWS_ENDPOINT_URL_CLOUDFORMATION && { endpoint }),
    requestHandler: requestHandler(),
  });
}

async function statusOfStack(client: CloudFormationClient, name: string): Promise<string | undefined> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    const [stack] = Stacks.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
    return stack?.StackStatus;
  } catch (error) {
    // CloudFormation has no error of its own for this.
    if ((error as Error).name === 'ValidationError') return undefined;
    throw error;
  }
}
