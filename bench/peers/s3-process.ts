import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Begin, Seen } from './s3-server';

export interface BenchS3 extends AsyncDisposable {
  readonly endpoint: string;
  /** Ends the run. */
  see(): Promise<Seen>;
}

/** Starts an S3 for one run of one tool, in a process that shares nothing with it. */
export async function startBenchS3(begin: Begin): Promise<BenchS3> {
  const child = fork(join(__dirname, 's3-server.ts'));
  const exited = once(child, 'exit');
  const ask = async (message: Begin | 'end') => {
    const ended = exited.then(() => Promise.reject(new Error('The embedded S3 ended by an error')));
    child.send(message);
    const answer = await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => {}); // once it has answered it may end
    return answer[0];
  };
  return {
    endpoint: await ask(begin),
    see: () => ask('end'),
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await exited;
    },
  };
}
