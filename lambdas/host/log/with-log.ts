import type { LogLevel } from '../../../statemachine/log-levels';
import type { Host } from '../../engine/ports/host';
import { Counts } from './counts';
import { describeFailure, messageOf } from './describe-failure';
import { boundsOf, outcomeOf, whereOf } from './describe-task';
import { markAsLogged } from './hush-runtime';
import { type LogSettings, TaskLog } from './task-log';

/**
 * Does a Task's work, and writes to the log how it begins and ends.
 *
 * @param settings  undefined: there is no log
 */
export async function withLog<T>(
  task: string,
  input: unknown,
  host: Host,
  settings: LogSettings | undefined,
  work: (host: Host) => T | Promise<T>,
): Promise<T> {
  if (!settings) return work(host);
  const log = new TaskLog(settings, () => whereOf(task, input), host.now);
  const counts = new Counts(log, host);
  const startedAt = host.now();
  log.write('info', 'Task begins');
  const bounds = log.has('debug') ? boundsOf(input) : undefined;
  if (bounds) log.write('debug', 'Ranges of the Task', { bounds });
  try {
    const result = await work({ ...host, log: log.write, onReported: counts.onReported });
    counts.write();
    const outcome = outcomeOf(result);
    log.end(gravityOf(outcome), 'Task ended', { durationMs: host.now() - startedAt, ...outcome });
    return result;
  } catch (error) {
    counts.write();
    log.end('error', 'Task failed', { durationMs: host.now() - startedAt, ...describeFailure(error) });
    log.end('debug', 'Why the Task failed', { details: messageOf(error) });
    markAsLogged(error);
    throw error;
  }
}

function gravityOf({ status, error, failed }: ReturnType<typeof outcomeOf>): LogLevel {
  if (status === 'failed') return 'error';
  return error !== undefined || Number(failed ?? 0) > 0 ? 'warn' : 'info';
}
