import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { endServer, listenOnLoopback } from '../support/loopback';
import { forward } from './forward';

const STACK_ARN = /(?<=StackName=)arn%3A[^&]*?stack%2F(\w+)%2F[^&]*/;

export interface StackNames {
  readonly endpoint: string;
  stop(): void;
}

/** `cdk destroy` names the stack by its ARN, as CloudFormation has it; MiniStack's DeleteStack knows it by its name only. */
export async function nameStacks(target: string): Promise<StackNames> {
  const server = createServer(async (request, response) => {
    const sent = await text(request);
    const body = sent.includes('Action=DeleteStack') ? sent.replace(STACK_ARN, '$1') : sent;
    await forward(request, body, target, response);
  });
  return {
    endpoint: await listenOnLoopback(server),
    stop: () => endServer(server),
  };
}
