import { ENVIRONMENT } from '../../../statemachine/contract';
import { eventSettingsSchema, messageSettingsSchema } from '../../../statemachine/events/announcements';
import type { Announcer } from '../../engine/ports/announcer';

/** For a message or an event. A network without a way to SNS or EventBridge lets requests hang. */
const LIMIT_MS = 5_000;

/**
 * Whom to tell of runs, from the function's settings. The clients are loaded when something is sent.
 *
 * @returns undefined: nobody
 * @throws Error  names the malformed variable
 */
export function openAnnouncer(variables: NodeJS.ProcessEnv, limitMs = LIMIT_MS): Announcer | undefined {
  const messages = read(variables, ENVIRONMENT.messages, messageSettingsSchema);
  const events = read(variables, ENVIRONMENT.events, eventSettingsSchema);
  if (!messages && !events) return undefined;
  return {
    ...(messages && {
      messages: {
        on: messages.on,
        runbook: messages.runbook,
        publish: (message) =>
          within(
            limitMs,
            import('./sns').then(({ publish }) => publish(messages.topic, message)),
          ),
      },
    }),
    ...(events && {
      events: {
        put: (event) =>
          within(
            limitMs,
            import('./event-bridge').then(({ putEvent }) => putEvent(events, event)),
          ),
      },
    }),
  };
}

interface Schema<T> {
  parse(value: unknown): T;
}

function read<T>(variables: NodeJS.ProcessEnv, name: string, schema: Schema<T>): T | undefined {
  const text = variables[name];
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`Expected the environment variable ${name} to be settings as JSON, got "${text}"`, {
      cause: error,
    });
  }
}

/** @throws Error  the work took too long. Nobody waits for its end */
async function within(limitMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = Object.assign(new Error(`no answer in ${limitMs} ms`), { name: 'TimeoutError' });
    timer = setTimeout(() => reject(error), limitMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
