import { BroadcastChannel, parentPort } from 'node:worker_threads';
import Piscina from 'piscina';
import type { RangeProgress } from '../lambdas/engine/ports/host';
import type { HostContext } from '../lambdas/host/lambda-host';
import { useCredentialsOfRun } from './credential-channel';
import { TASK_HANDLERS, type TaskName } from './handlers';

/** Data for the start of a worker. */
export interface WorkerData {
  /** Broadcast channel. Any message on it stops the run. */
  readonly interruptChannel: string;
  /** Not zero after that message was sent, because a thread that starts later does not get the message. */
  readonly interrupted: Int32Array;
  /** Number of threads that have no Task now. */
  readonly idle: Int32Array;
}

export interface Invocation {
  readonly id: number;
  readonly task: TaskName;
  readonly input: unknown;
}

/** An error is sent as data, because a copy of it would lose its name. */
export type InvocationResult = { readonly result: unknown } | { readonly error: { name: string; message: string } };

/** Sent to the runner while a range works. */
export interface InvocationProgress {
  readonly id: number;
  readonly progress: RangeProgress;
}

type Handler = (input: unknown, context: HostContext) => Promise<unknown>;

const LAMBDA_TIMEOUT_MS = 900_000;
const PROGRESS_EVERY_MS = 100;

useCredentialsOfRun();
const { interruptChannel, interrupted, idle } = Piscina.workerData as WorkerData;
const interruption = new AbortController();
const channel = new BroadcastChannel(interruptChannel);
channel.onmessage = () => interruption.abort();
channel.unref();

/** Loads all handlers, because all are used soon. A waiting Task comes first; while it waits for S3, the others are loaded. */
setImmediate(() => setImmediate(loadHandlers));

/** Calls a Task's handler like AWS Lambda. */
export default async function invoke({ id, task, input }: Invocation): Promise<InvocationResult> {
  if (Atomics.load(interrupted, 0) !== 0) interruption.abort();
  try {
    const { handler } = await TASK_HANDLERS[task]();
    return { result: await (handler as Handler)(input, createContext(id)) };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { error: { name, message } };
  }
}

function loadHandlers(): void {
  for (const load of Object.values(TASK_HANDLERS)) void load();
}

function createContext(id: number): HostContext {
  const startedAt = Date.now();
  let isWaiting = false;
  return {
    signal: interruption.signal,
    getRemainingTimeInMillis: () => startedAt + LAMBDA_TIMEOUT_MS - Date.now(),
    othersIdle: () => Atomics.load(idle, 0) > 0,
    onProgress(read) {
      if (isWaiting) return;
      isWaiting = true;
      setTimeout(() => {
        isWaiting = false;
        parentPort?.postMessage({ id, progress: read() } satisfies InvocationProgress);
      }, PROGRESS_EVERY_MS).unref();
    },
  };
}
