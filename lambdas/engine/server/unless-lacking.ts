import type { Lack } from '../../../statemachine/lacks';
import type { KnownLacks } from '../ports/known-lacks';

/** Whether a server rejects a request because it does not know such requests, and not because of the object. */
export type IsUnknown = (error: unknown) => boolean;

/**
 * Sends a request that a server may not know. If the server rejects it, `confirm` must show that the kind of request was the
 * reason. Then nobody sends such a request again in this run.
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
 * Sends a request without the features that the server is known to lack. If the server still rejects it, leaves out each feature
 * that the request can do without, one after the other, then the first two, and so on up to all of them.
 *
 * @param spare  features that can be left out; those that cost most come last
 * @param request  gets the features to leave out
 * @param kind  if requests of one kind are always rejected, those of another may not be
 */
export async function sparing<T>(
  lacks: KnownLacks | undefined,
  operation: string,
  spare: readonly Lack[],
  isUnknown: IsUnknown,
  request: (leaveOut: ReadonlySet<Lack>) => Promise<T>,
  kind = operation,
): Promise<T> {
  if (!lacks || spare.length === 0) return request(new Set());
  return lacks.first(operation, async () => {
    const known = spare.filter((lack) => lacks.has(lack));
    try {
      return await request(new Set(known));
    } catch (error) {
      const left = spare.filter((lack) => !known.includes(lack));
      if (left.length === 0 || lacks.hasGivenUp(kind) || !isUnknown(error)) throw error;
      for (const more of attempts(left)) {
        try {
          const answer = await request(new Set([...known, ...more]));
          for (const lack of more) lacks.add(lack, error);
          return answer;
        } catch (again) {
          if (!isUnknown(again)) throw again;
        }
      }
      lacks.giveUp(kind);
      throw error;
    }
  });
}

function attempts(left: readonly Lack[]): (readonly Lack[])[] {
  const single = left.map((lack) => [lack]);
  const several = left.slice(1).map((_, index) => left.slice(0, index + 2));
  return [...single, ...several];
}
