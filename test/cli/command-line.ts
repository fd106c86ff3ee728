import type { S3Server } from '../../local/s3';
import { type Finished, finished, startCli } from '../support/cli-process';

export { type Finished, finished, startCli } from '../support/cli-process';

/** @param stdin  what the command line reads from standard input */
export async function runCli(
  s3: S3Server | undefined,
  args: readonly string[],
  stdin = '',
  more: NodeJS.ProcessEnv = {},
): Promise<Finished> {
  const child = startCli(s3, args, more);
  child.stdin.end(stdin);
  return finished(child);
}

/** Waits for a text on a child's stderr. */
export async function seen(child: ReturnType<typeof startCli>, expected: RegExp): Promise<void> {
  let text = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (expected.test(text)) resolve();
    });
    child.once('close', () => reject(new Error(`Expected ${expected}, got ${JSON.stringify(text)}`)));
  });
}

/** Requests so far that change a bucket. */
export function writeRequests({ requests }: S3Server): number {
  const isWrite = /^(Put|Copy|Delete|Create|Complete|Upload)/;
  const writes = Object.entries(requests.byOperation()).filter(([operation]) => isWrite.test(operation));
  return writes.reduce((sum, [, count]) => sum + count, 0);
}
