import type { Announcer, RunEvent, RunMessage } from '../../../lambdas/engine/ports/announcer';
import type { WriteLog } from '../../../lambdas/engine/ports/log';
import type { RunSummary } from '../../../statemachine/contract';
import { EXECUTION_ENDS, type ExecutionEnd } from '../../../statemachine/events/announcements';
import { parseDeployedMirror } from '../../../statemachine/input/deployed-mirrors';
import type { SyncRequest } from '../../../statemachine/input/sync-input';
import type { MemoryMirror, MirrorOptions } from '../../support/memory-mirror';

export const STATE_MACHINE = 'arn:aws:states:eu-west-1:111122223333:stateMachine:Mirror';

/** As rules get it. */
interface Delivered {
  readonly 'detail-type': string;
  readonly source: string;
  readonly detail: RunEvent['detail'] & { readonly error?: object; readonly totals?: object };
  readonly resources: readonly string[];
}

export interface Told {
  readonly events: Delivered[];
  readonly messages: RunMessage[];
  /** What the log says was not sent. */
  readonly warnings: string[];
}

/** Somebody who gets everything. @param broken  what cannot be sent */
export function listener(on: readonly ExecutionEnd[] = EXECUTION_ENDS, broken: readonly string[] = []) {
  const told: Told = { events: [], messages: [], warnings: [] };
  const send = (what: string) => {
    if (broken.includes(what)) throw Object.assign(new Error('not\nallowed'), { name: 'AuthorizationError' });
  };
  const announcer: Announcer = {
    messages: {
      on,
      runbook: 'https://example.com/runbook',
      publish: async (message) => {
        send('message');
        told.messages.push(message);
      },
    },
    events: {
      put: async ({ type, ...event }) => {
        send('event');
        // what travels is JSON
        told.events.push(JSON.parse(JSON.stringify({ 'detail-type': type, source: 'bucketsync', ...event })));
      },
    },
  };
  return { told, announcer };
}

let runs = 0;

interface Announced extends Told {
  readonly summary: RunSummary;
  readonly executionId: string;
}

/** An execution of a deployed mirror, and what others learn of it. @param asked  its input */
export async function execute(
  mirror: MemoryMirror,
  deployed: SyncRequest,
  asked: object = {},
  { told, announcer, ...more }: Partial<ReturnType<typeof listener>> & Omit<MirrorOptions, 'host'> = {},
): Promise<Announced> {
  const heard = told && announcer ? { told, announcer } : listener();
  const executionId = `${STATE_MACHINE.replace('stateMachine', 'execution')}:run-${runs++}`;
  const log: WriteLog = (level, _message, { what }: { readonly what?: unknown } = {}) => {
    if (level === 'warn') heard.told.warnings.push(String(what));
  };
  const host = { announcer: heard.announcer, mirrors: [parseDeployedMirror(deployed)], log, wait: async () => {} };
  const summary = await mirror.run(asked as SyncRequest, { executionId, ...more, host });
  return { summary, executionId, ...heard.told };
}
