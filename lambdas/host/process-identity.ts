import { readFile, readlink } from 'node:fs/promises';
import type { ProcessIdentity } from '../engine/ports/process-identity';

/** Position of the start time after the program's name, which may contain spaces and brackets. */
const START_TIME = 19;

/** @returns undefined if the system gives no certain identity: then only a lease proves that the run has ended */
export async function identifyProcess(): Promise<ProcessIdentity | undefined> {
  try {
    // in a /proc of another PID namespace, these ids belong to other processes
    if ((await readlink('/proc/self')) !== String(process.pid)) return undefined;
    const [boot, pids, times, startTime] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readlink('/proc/self/ns/pid'),
      readlink('/proc/self/ns/time').catch(() => ''), // Linux before 5.6 has no time namespaces
      readStartTime(process.pid),
    ]);
    if (boot.trim() === '' || startTime === undefined) return undefined;
    return { boot: boot.trim(), namespaces: `${pids} ${times}`.trim(), processId: process.pid, startTime };
  } catch {
    return undefined;
  }
}

/**
 * Whether a process may be active. False only if it has certainly ended.
 *
 * | identity                                  | has ended                                                |
 * | ----------------------------------------- | -------------------------------------------------------- |
 * | of another machine or boot, or unknown    | cannot be told: machines with equal names, and even with |
 * |                                           | equal machine ids, run at the same time                  |
 * | of another PID or time namespace          | cannot be told: its ids and times mean something else    |
 * | of this one, and no process has its id    | yes                                                      |
 * | of this one, with another start time      | yes: its id is in use again                              |
 */
export async function isProcessRunning(identity: ProcessIdentity | undefined): Promise<boolean> {
  const own = await identifyProcess();
  if (!identity || !own || identity.boot !== own.boot || identity.namespaces !== own.namespaces) return true;
  if (isGone(identity.processId)) return false;
  const startTime = await readStartTime(identity.processId);
  return startTime === undefined || startTime === identity.startTime;
}

function isGone(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** In clock ticks since the machine started. Undefined if it may not be read, for example for another user's process. */
async function readStartTime(processId: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${processId}/stat`, 'utf8').catch(() => undefined);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[START_TIME];
}
