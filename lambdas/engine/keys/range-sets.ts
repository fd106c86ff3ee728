import type { KeyRange } from '../../../statemachine/contract';
import { compareKeys } from './compare-keys';
import { isWithin } from './key-range';

/** The same keys in as few ranges as possible, in order. */
export function unite(ranges: readonly KeyRange[]): KeyRange[] {
  const united: KeyRange[] = [];
  for (const range of ranges.filter(isNotEmpty).sort((a, b) => compareAfter(a.after, b.after))) {
    const last = united.at(-1);
    if (last && compareBounds(range.after, last.until) <= 0) {
      const until = compareUntil(range.until, last.until) > 0 ? range.until : last.until;
      united[united.length - 1] = rangeOf(last.after, until);
    } else united.push(rangeOf(range.after, range.until));
  }
  return united;
}

/** The keys of some ranges that are in none of the others. */
export function subtract(ranges: readonly KeyRange[], others: readonly KeyRange[]): KeyRange[] {
  const taken = unite(others);
  return unite(ranges).flatMap((range) => {
    const left: KeyRange[] = [];
    let { after } = range;
    for (const other of taken) {
      const isBeside = compareBounds(other.after, range.until) >= 0 || compareBounds(after, other.until) >= 0;
      if (isBeside) continue;
      if (other.after !== undefined) left.push(rangeOf(after, other.after));
      if (other.until === undefined) return left.filter(isNotEmpty);
      after = other.until;
    }
    return [...left, rangeOf(after, range.until)].filter(isNotEmpty);
  });
}

/** Whether one of the ranges holds all keys from `first` to `last`. @param ranges  united */
export function covers(ranges: readonly KeyRange[], first: string, last = first): boolean {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const { after } = ranges[middle] as KeyRange;
    if (after === undefined || compareKeys(after, first) < 0) low = middle + 1;
    else high = middle;
  }
  const range = ranges[low - 1];
  return range !== undefined && isWithin(range, first) && isWithin(range, last);
}

/** The empty key comes before all others, so a range up to it can only hold that key. */
function isNotEmpty({ after, until }: KeyRange): boolean {
  return after === undefined || until === undefined || compareKeys(after, until) < 0;
}

function rangeOf(after: string | undefined, until: string | undefined): KeyRange {
  return { ...(after !== undefined && { after }), ...(until !== undefined && { until }) };
}

/** An open `after` comes before all keys. */
function compareAfter(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(b === undefined) - Number(a === undefined);
  return compareKeys(a, b);
}

/** An open `until` comes behind all keys. */
function compareUntil(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return compareKeys(a, b);
}

/** Below 0: something lies between them. 0: the one ends where the other begins. */
function compareBounds(after: string | undefined, until: string | undefined): number {
  return after === undefined || until === undefined ? -1 : compareKeys(after, until);
}
