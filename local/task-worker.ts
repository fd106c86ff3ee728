import { BroadcastChannel, parentPort } from 'node:worker_threads';
import Piscina from 'piscina';
import type { RangeProgress } from '../lambdas/engine/ports/host';
import type { HostContext } from '../lambdas/host/lambda-host';
import type { ReportLine } from '../statemachine/contract';
import { useCredentialsOfRun } from './credential-channel';
import { TASK_HANDLERS, type TaskName } from './handlers';
import { LineSender } from './line-channel';
import { rareProgress } from './rare-progress';

/** Data for the start of a worker. */
export interface WorkerData {
  /** Broadcast channel. Any message on it stops the run. */
  readonly interruptChannel: string;
  /** Not zero after that message was sent, because a thread that starts later does not get the message. */
  readonly interrupted: Int32Array;
  /** Number of threads that have no Task now. */
  readonly idle: Int32Array;
  /** Lines of reports that are not on the screen yet. Absent: nobody watches. */
  readonly unseen?: Int32Array;
}

export interface Invocation {
  readonly id: number;
  readonly task: TaskName;
  readonly input: unknown;
}

/** An error is sent as data, because a copy of it would lose its name. */
export type InvocationResult = { readonly result: unknown } | { readonly error: { name: string; message: string } };

/** Sent to the runner while a range works. */
export type InvocationProgress =
  | { readonly id: number; readonly progress: RangeProgress }
  | { readonly lines: readonly ReportLine[] };

type Handler = (input: unknown, context: HostContext) => Promise<unknown>;

const LAMBDA_TIMEOUT_MS = 900_000;

useCredentialsOfRun();
const { interruptChannel, interrupted, idle, unseen } = Piscina.workerData as WorkerData;
const sender =
  unseen && new LineSender(unseen, (lines) => parentPort?.postMessage({ lines } satisfies InvocationProgress));
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
  } finally {
    sender?.flush();
  }
}

function loadHandlers(): void {
  for (const load of Object.values(TASK_HANDLERS)) void load();
}

function createContext(id: number): HostContext {
  const startedAt = Date.now();
  return {
    signal: interruption.signal,
    getRemainingTimeInMillis: () => startedAt + LAMBDA_TIMEOUT_MS - Date.now(),
    ...(sender && { onReported: (line: ReportLine) => sender.add(line) }),
    othersIdle: () => Atomics.load(idle, 0) > 0,
    onProgress: rareProgress((progress) => parentPort?.postMessage({ id, progress } satisfies InvocationProgress)),
  };
}
