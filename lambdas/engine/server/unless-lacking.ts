import type { Lack } from '../../../statemachine/lacks';
import type { KnownLacks } from '../ports/known-lacks';

/** Whether a server refuses a request as one that it does not know, and not for what it is about. */
export type IsUnknown = (error: unknown) => boolean;

/**
 * Asks for something that a server may lack. If it refuses, `confirm` has to show that the request itself was to blame; then
 * nobody asks again in this run.
 *
 * @returns undefined if the server lacks it
 */
export async function unlessLacking<T>(
  lacks: KnownLacks | undefined,
  lack: Lack,
  isUnknown: IsUnknown,
  ask: () => Promise<T>,
  confirm: () => Promise<unknown> = async () => {},
): Promise<T | undefined> {
  if (!lacks) return ask();
  const attempt = async () => {
    if (lacks.has(lack)) return undefined;
    try {
      return await ask();
    } catch (error) {
      if (!isUnknown(error)) throw error;
      await confirm();
      lacks.add(lack, error);
      return undefined;
    }
  };
  return lacks.has(lack) ? undefined : lacks.first(lack, attempt);
}

/**
 * Sends a request without what the server is known to lack. If it refuses the request all the same, leaves out what can be
 * spared, one thing after the other, then all of it.
 *
 * @param spare  what can be left out; `send` is told what to leave out
 */
export async function sparing<T>(
  lacks: KnownLacks | undefined,
  operation: string,
  spare: readonly Lack[],
  isUnknown: IsUnknown,
  send: (leaveOut: ReadonlySet<Lack>) => Promise<T>,
): Promise<T> {
  if (!lacks || spare.length === 0) return send(new Set());
  return lacks.first(operation, async () => {
    const known = spare.filter((lack) => lacks.has(lack));
    try {
      return await send(new Set(known));
    } catch (error) {
      const left = spare.filter((lack) => !known.includes(lack));
      if (left.length === 0 || lacks.hasGivenUp(operation) || !isUnknown(error)) throw error;
      for (const more of attempts(left)) {
        try {
          const answer = await send(new Set([...known, ...more]));
          for (const lack of more) lacks.add(lack, error);
          return answer;
        } catch (again) {
          if (!isUnknown(again)) throw again;
        }
      }
      lacks.giveUp(operation);
      throw error;
    }
  });
}

function attempts(left: readonly Lack[]): (readonly Lack[])[] {
  const single = left.map((lack) => [lack]);
  return left.length > 1 ? [...single, left] : single;
}
