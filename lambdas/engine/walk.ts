import type { KeyRange } from '../../statemachine/contract';
import { compareKeys } from './compare-keys';
import type { ListedObject, ObjectSource } from './object-store';
import { PageStream, Sequence } from './page-stream';

export interface Walk {
  /** The side whose objects are visited, each exactly once and in order. */
  readonly walked: ObjectSource;
  /** The side in which their counterparts are looked up. */
  readonly other: ObjectSource;
  readonly range: KeyRange;
  /**
   * Call an object absent on the other side only by a page that was asked for after the object had been listed.
   * The delete loop needs it: what was put on both sides meanwhile is no orphan.
   */
  readonly proveAbsence: boolean;
  /** Decides an object. A promise makes the walk wait, so that work does not pile up. */
  visit(object: ListedObject, counterpart: ListedObject | undefined): Promise<void> | undefined;
  /** Asked after every object and every page. */
  shouldStop(): boolean;
  /** Awaited before every wait for a page: what was decided must not grow old meanwhile. */
  beforePage?(): Promise<void> | undefined;
}

export interface WalkEnd {
  /** The walked side was visited to the end of the range. */
  readonly complete: boolean;
  /** All keys up to and including this one are decided. Absent: none is. */
  readonly decided?: string;
  /** Why it ended early, if not by `shouldStop`. */
  readonly error?: unknown;
}

/**
 * Merge-join of both sides of a range: memory holds a few pages, whatever the number of objects.
 *
 * A counterpart is absent only if the other side was listed beyond the key, or to the end of the range.
 * A listing that fails ends the walk with `error`; nothing behind `decided` was visited.
 */
export async function walk(options: Walk): Promise<WalkEnd> {
  const sequence = new Sequence();
  const { proveAbsence, range, shouldStop } = options;
  const load = async (stream: PageStream) => {
    await options.beforePage?.();
    await stream.load();
  };
  const walked = new PageStream(options.walked, range, sequence, true);
  // A page fetched ahead proves nothing about objects that are listed later.
  const other = new PageStream(options.other, range, sequence, !proveAbsence);
  let decided: string | undefined;

  try {
    for (;;) {
      while (!walked.current && !walked.ended) await load(walked);
      const object = walked.current;
      if (!object) return { complete: true, decided };

      const passed = await skipTo(object.key, other, load, shouldStop);
      if (passed !== undefined) return { complete: false, decided: passed };

      const counterpart = other.current?.key === object.key ? other.current : undefined;
      if (!counterpart && proveAbsence && other.requestedAt < walked.receivedAt) {
        other.restart(decided ?? range.after);
        continue;
      }
      const busy = options.visit(object, counterpart);
      if (busy) await busy;
      decided = object.key;
      walked.advance();
      if (shouldStop()) return { complete: walked.ended && !walked.current, decided };
    }
  } catch (error) {
    return { complete: false, decided, error };
  }
}

/**
 * Moves `other` to the first key that is not before `key`.
 *
 * @returns undefined when it is there; the last key it passed when it should stop on the way. The walked side has
 *     nothing between the last decided key and `key`, so all keys up to that one count as decided.
 */
async function skipTo(
  key: string,
  other: PageStream,
  load: (stream: PageStream) => Promise<void>,
  shouldStop: () => boolean,
): Promise<string | undefined> {
  let passed: string | undefined;
  for (;;) {
    while (other.current) {
      if (compareKeys(other.current.key, key) >= 0) return undefined;
      passed = other.current.key;
      other.advance();
    }
    if (other.ended) return undefined;
    if (passed !== undefined && shouldStop()) return passed;
    await load(other);
  }
}
