import { describeFailure } from './describe-failure';
import type { LogSettings } from './task-log';
import { TaskLog } from './task-log';

const logged = new WeakSet<object>();

/** The log has this error already. */
export function markAsLogged(error: unknown): void {
  if (typeof error === 'object' && error !== null) logged.add(error);
}

/**
 * AWS's runtime prints each error that leaves a handler, or that nobody catches, with `console.error`: with its message, which may
 * name keys. From now on such a line has only what the log may tell. Step Functions still gets the message.
 */
export function hushRuntime(settings: LogSettings): void {
  const log = new TaskLog(settings, () => ({}), Date.now);
  console.error = (...words: readonly unknown[]) => {
    const error = words.find((word) => word instanceof Error);
    if (error && logged.has(error)) return;
    log.end('error', 'The runtime reports an error', error ? describeFailure(error) : {});
    log.end('debug', 'What the runtime reports', { details: words.map(String).join(' ') });
  };
}
