import { fork } from 'node:child_process';
import { once } from 'node:events';
import { modulePath } from '../module-path';
import type { S3State } from '../s3';

/** A module that fills a state; `options` and the result cross a process, so they hold data only. */
export interface Seeder<Facts = unknown, Options = unknown> {
  seed(state: S3State, options?: Options): Facts;
}

export interface S3Process<Facts> extends AsyncDisposable {
  readonly endpoint: string;
  /** The result of the seeder. */
  readonly facts: Facts;
  /** Requests by operation since the last call. */
  takeRequests(): Promise<Record<string, number>>;
}

/**
 * Starts the embedded S3 in a process of its own, so that it uses no time and no memory of the run.
 *
 * @param seeder  path of a module that is a `Seeder`
 */
export async function startS3Process<Facts>(seeder: string, options: unknown = {}): Promise<S3Process<Facts>> {
  const child = fork(modulePath('local/demo/s3-server'), [seeder, JSON.stringify(options)]);
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`The embedded S3 ended before it was ready, with exit code ${code}`);
  });
  const [{ endpoint, facts }] = await Promise.race([once(child, 'message'), exited]);
  exited.catch(() => {}); // from here on the process may end at any time
  return {
    endpoint,
    facts,
    takeRequests: async () => {
      const answer = once(child, 'message');
      child.send('takeRequests');
      return (await answer)[0];
    },
    [Symbol.asyncDispose]: async () => {
      child.disconnect();
      await exited.catch(() => {});
    },
  };
}
