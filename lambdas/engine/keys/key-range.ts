import type { KeyRange } from '../../../statemachine/contract';
import { compareKeys } from './compare-keys';

const LAST_BEFORE_SURROGATES = 0xd7ff;
const LAST_SURROGATE = 0xdfff;
const LAST_CODE_POINT = '\u{10ffff}';

/** Whether a range holds a key. */
export function isWithin({ after, until }: KeyRange, key: string): boolean {
  if (after !== undefined && compareKeys(key, after) <= 0) return false;
  return until === undefined || compareKeys(key, until) <= 0;
}

/** Whether a range may hold keys of a list that goes from `first` to `last`. */
export function overlaps(
  { after, until }: KeyRange,
  { first, last }: { readonly first: string; readonly last: string },
): boolean {
  if (after !== undefined && compareKeys(last, after) <= 0) return false;
  return until === undefined || compareKeys(first, until) <= 0;
}

/** How many of some things come at `key` or before it. @param keyOf  of things in the order of these keys */
export function countUpTo<Thing>(key: string, things: readonly Thing[], keyOf: (thing: Thing) => string): number {
  let [low, high] = [0, things.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(keyOf(things[middle] as Thing), key) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The objects up to and including `until`. @param objects  in the order of their keys */
export function upTo<Keyed extends { readonly key: string }>(
  until: string,
  objects: readonly Keyed[],
): readonly Keyed[] {
  const beyond = objects.findIndex(({ key }) => compareKeys(key, until) > 0);
  return beyond < 0 ? objects : objects.slice(0, beyond);
}

/** A string that comes shortly before `key`, so that hardly any key can lie between them; undefined if nothing comes before `key`. */
export function justBefore(key: string): string | undefined {
  const points = Array.from(key);
  const last = points.pop()?.codePointAt(0);
  if (last === undefined) return undefined;
  const start = points.join('');
  if (last === 0) return start;
  const before = last - 1 === LAST_SURROGATE ? LAST_BEFORE_SURROGATES : last - 1;
  return start + String.fromCodePoint(before) + LAST_CODE_POINT;
}
