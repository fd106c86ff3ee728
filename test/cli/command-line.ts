import type { S3Server } from '../../local/s3';
import { type Finished, finished, startCli, TIMEOUT_MS } from '../support/cli-process';

export { type Finished, finished, startCli } from '../support/cli-process';

jest.setTimeout(TIMEOUT_MS);

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

/** Requests so far that change a bucket. */
export function writeRequests({ requests }: S3Server): number {
  const isWrite = /^(Put|Copy|Delete|Create|Complete|Upload)/;
  const writes = Object.entries(requests.byOperation()).filter(([operation]) => isWrite.test(operation));
  return writes.reduce((sum, [, count]) => sum + count, 0);
}
