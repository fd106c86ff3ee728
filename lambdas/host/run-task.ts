import type { Host } from '../engine/ports/host';
import { type HostContext, lambdaHost } from './lambda-host';
import { hushRuntime } from './log/hush-runtime';
import type { LogSettings } from './log/task-log';
import { withLog } from './log/with-log';
import { writeLine } from './log/write-line';
import { readLogLevel } from './read-environment';

/** Does the work of a Task with the host of this function, and writes to its log how it begins and ends. */
export function runTask<T>(
  task: string,
  input: unknown,
  context: HostContext,
  work: (host: Host) => T | Promise<T>,
): Promise<T> {
  const level = readLogLevel(process.env);
  const settings: LogSettings | undefined = level && { level, requestId: context.awsRequestId, write: writeLine };
  if (settings) hushRuntime(settings);
  return withLog(task, input, lambdaHost(context), settings, work);
}
