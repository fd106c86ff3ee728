import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { S3State, startS3 } from '../s3';

/** A module that fills a state; `options` and the result cross a thread, so they hold data only. */
export interface Seeder<Facts = unknown, Options = unknown> {
  seed(state: S3State, options?: Options): Facts;
}

export interface S3Thread<Facts> extends AsyncDisposable {
  readonly endpoint: string;
  /** What the seeder said it did. */
  readonly facts: Facts;
  /** Requests by operation since the last time this was asked. */
  takeRequests(): Promise<Record<string, number>>;
}

/**
 * Starts the embedded S3 in a thread of its own, so that it takes no time from the run that uses it.
 *
 * @param seeder  path of a module that is a `Seeder`
 */
export async function startS3Thread<Facts>(seeder: string, options?: unknown): Promise<S3Thread<Facts>> {
  const worker = new Worker(__filename, { workerData: { seeder, options } });
  const [{ endpoint, facts }] = await once(worker, 'message');
  return {
    endpoint,
    facts,
    takeRequests: async () => {
      const answer = once(worker, 'message');
      worker.postMessage('takeRequests');
      return (await answer)[0];
    },
    [Symbol.asyncDispose]: async () => {
      await worker.terminate();
    },
  };
}

async function serve(): Promise<void> {
  const { seeder, options } = workerData as { seeder: string; options?: unknown };
  const state = new S3State();
  const facts = ((await import(seeder)) as Seeder).seed(state, options);
  const server = await startS3({ state });
  parentPort?.on('message', () => {
    parentPort?.postMessage(server.requests.byOperation());
    server.requests.reset();
  });
  parentPort?.postMessage({ endpoint: server.endpoint, facts });
}

if (!isMainThread && workerData?.seeder !== undefined) void serve();
