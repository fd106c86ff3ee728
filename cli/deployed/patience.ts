import { setTimeout as delay } from 'node:timers/promises';
import { ExecutionDoesNotExist, ResourceNotFound } from '@aws-sdk/client-sfn';

/** Waiting times, which tests replace. */
export interface Clock {
  now(): number;
  /** Returns early if `signal` is aborted. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const SYSTEM_CLOCK: Clock = {
  now: Date.now,
  wait: (milliseconds, signal) => delay(milliseconds, undefined, { signal }).catch(() => {}),
};

/** How long Step Functions may not know an execution that this process has started. */
export const OWN_UNSEEN_FOR_MS = 60_000;
/** The same for an execution that the user named, perhaps right after its start. A wrong name fails after this time. */
export const NAMED_UNSEEN_FOR_MS = 2_000;

const ASK_AGAIN_AFTER_MS = 250;
/** Between two attempts to read a history that lags behind. */
const REREAD_AFTER_MS: readonly number[] = [250, 500, 1_000, 2_000];

/** The execution or map run does not exist, or not yet: reads of Step Functions are eventually consistent. */
export function isUnseen(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return [error, cause].some((found) => found instanceof ExecutionDoesNotExist || found instanceof ResourceNotFound);
}

/** @returns undefined if the execution does not exist yet but may appear until its deadline */
export async function readIfSeen<T>(
  { unseenUntil = 0 }: { readonly unseenUntil?: number },
  read: () => Promise<T>,
  { now }: Clock,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isUnseen(error) && now() < unseenUntil) return undefined;
    throw error;
  }
}

/** Asks again until the execution exists. @throws what `read` throws after the execution's deadline */
export async function readOnceSeen<T>(
  execution: { readonly unseenUntil?: number },
  read: () => Promise<T>,
  clock = SYSTEM_CLOCK,
): Promise<T> {
  for (;;) {
    const found = await readIfSeen(execution, read, clock);
    if (found !== undefined) return found;
    await clock.wait(ASK_AGAIN_AFTER_MS);
  }
}

/** Reads again, several times within four seconds, until everything is there. */
export async function readUntil(read: () => Promise<void>, isThere: () => boolean, { wait }: Clock): Promise<void> {
  await read();
  for (const milliseconds of REREAD_AFTER_MS) {
    if (isThere()) return;
    await wait(milliseconds);
    await read();
  }
}
