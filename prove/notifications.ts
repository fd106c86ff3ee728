import { setTimeout } from 'node:timers/promises';
import type { DescribeExecutionOutput } from '@aws-sdk/client-sfn';
import { formatS3Url } from '../wording/s3-url';
import { callJson, type Signing } from './aws-call';

/** How long to wait for a message that EventBridge delivers on a best-effort basis. */
const LONGEST_WAIT_MS = 120_000;
const PAUSE_MS = 1_000;
const WAIT_SECONDS = 10;
/** How many messages SQS hands out at once. */
const MOST_MESSAGES = 10;

interface Received {
  readonly Messages?: readonly { readonly Body?: string; readonly ReceiptHandle?: string }[];
}

/**
 * Waits for the message that subscribers got about the end of an execution.
 *
 * @returns the message as it came; undefined if none did in two minutes
 */
export async function findMessage(
  signing: Signing,
  queueUrl: string,
  executionArn: string,
  longestMs = LONGEST_WAIT_MS,
): Promise<string | undefined> {
  const deadline = Date.now() + longestMs;
  do {
    const bodies = await receive(signing, queueUrl);
    // also a message that is of another form, because that would be the fault
    const found = bodies.find((body) => body.includes(executionArn));
    if (found !== undefined) return found;
    if (bodies.length === 0) await setTimeout(PAUSE_MS);
  } while (Date.now() < deadline);
  return undefined;
}

/** How many messages wait in a queue, as far as one request shows them. */
export async function countMessages(signing: Signing, queueUrl: string): Promise<number> {
  return (await receive(signing, queueUrl, 1)).length;
}

async function receive(signing: Signing, QueueUrl: string, WaitTimeSeconds = WAIT_SECONDS): Promise<string[]> {
  const request = { QueueUrl, WaitTimeSeconds, MaxNumberOfMessages: MOST_MESSAGES };
  const { Messages = [] } = await callJson<Received>(signing, 'sqs', 'ReceiveMessage', request);
  return Messages.map(({ Body = '' }) => Body);
}

/** Compares a message with the end of its execution: `as it ended`, or what is wrong. */
export function judgeMessage(message: string, ended: DescribeExecutionOutput, reportBucket: string): string {
  const { executionArn = '', name, status } = ended;
  const [first = '', ...lines] = message.split('\n');
  const isNamed = (what: string) => lines.some((line) => line.includes(what));
  const wrong = [
    /^"?bucketsync (\w+) /.exec(first)?.[1] !== status && 'how it ended',
    !isNamed(formatS3Url(reportBucket, `runs/${name}/`)) && 'report',
    !isNamed(executionArn) && 'execution',
  ].filter(Boolean);
  return wrong.length === 0 ? 'as it ended' : `it lacks ${wrong.join(', ')}: ${message}`;
}
