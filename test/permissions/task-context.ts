import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { TaskName } from '../../local/handlers';
import { onceAWorker } from '../support/once-a-worker';

/** Who sends a request. */
export interface Sender {
  readonly task: TaskName;
  readonly source: string;
  readonly destination: string;
}

const HEADER = 'x-test-sender';

/** A Task at work, and who is told of its calls to services other than S3. */
interface AtWork {
  readonly sender: Sender;
  readonly noteCall: (target: string) => void;
}

/** A channel keeps its subscribers for ever, and with them all that their suite has loaded. */
const tasks = onceAWorker('Tasks at work', watchRequests);

/** Calls to services other than S3, such as `AWSStepFunctions.DescribeExecution`, by the Task that made them. */
export const serviceCalls: { readonly task: TaskName; readonly target: string }[] = [];

export const invokedTasks = new Set<TaskName>();

interface UndiciRequest {
  readonly method: string;
  /** Names and values, one after the other. */
  readonly headers: readonly string[];
  addHeader(name: string, value: string): void;
}

/** Every HTTP request of this process that a Task causes says so; the SDK has signed it by then. */
function watchRequests(): AsyncLocalStorage<AtWork> {
  const atWork = new AsyncLocalStorage<AtWork>();
  subscribe('undici:request:create', (message) => {
    const { request } = message as { request: UndiciRequest };
    const current = atWork.getStore();
    if (!current) return;
    const target = targetOf(request);
    if (target !== undefined) current.noteCall(target);
    request.addHeader(HEADER, JSON.stringify(current.sender));
  });
  subscribe('http.client.request.created', (message) => {
    const { request } = message as { request: ClientRequest };
    const target = request.getHeader('x-amz-target');
    if (target !== undefined) atWork.getStore()?.noteCall(String(target));
  });
  return atWork;
}

/** SNS and CloudFront have no header for their operations. SNS gets nothing but Publish, CloudFront is told of invalidations or asked. */
function targetOf({ method, headers }: UndiciRequest): string | undefined {
  const headerOf = (name: string) => {
    const index = headers.findIndex((header) => header.toLowerCase() === name);
    return index < 0 ? undefined : String(headers[index + 1]);
  };
  const agent = headerOf('user-agent') ?? '';
  if (agent.includes('api/cloudfront#')) return `CloudFront.${method === 'POST' ? 'Create' : 'Get'}Invalidation`;
  return headerOf('x-amz-target') ?? (agent.includes('api/sns#') ? 'SNS.Publish' : undefined);
}

/** The same for a request that is none of HTTP. */
export function senderHeaders(): Readonly<Record<string, string>> {
  const current = tasks.getStore();
  return current ? { [HEADER]: JSON.stringify(current.sender) } : {};
}

/**
 * Runs a Task so that its requests can be told from all others.
 *
 * @param deployed  what ValidateInput takes where an execution's input leaves it open
 */
export function asTask<Result>(
  task: TaskName,
  input: unknown,
  invoke: () => Promise<Result>,
  deployed?: Pick<Sender, 'source' | 'destination'>,
): Promise<Result> {
  const { source = '', destination = '' } = { ...deployed, ...findInput(input) };
  invokedTasks.add(task);
  const noteCall = (target: string) => serviceCalls.push({ task, target });
  return tasks.run({ sender: { task, source, destination }, noteCall }, invoke);
}

export function senderOf(headers: Readonly<Record<string, string | undefined>>): Sender | undefined {
  const value = headers[HEADER];
  return value === undefined ? undefined : (JSON.parse(value) as Sender);
}

/** The execution's input, wherever a Task's input has it. */
function findInput(input: unknown): { readonly source?: string; readonly destination?: string } {
  const { run, state, input: given } = (input ?? {}) as Record<string, unknown>;
  if (given) return given;
  if (state) return findInput(state);
  return ((run ?? {}) as { input?: object }).input ?? {};
}
