import { codePoints, type KeySymbols } from './key-symbols';
import { cutPage, type ListedRange } from './range-probes';

/** A place where the keys of a range branch: all keys start with `head`, then one of these characters follows. */
export interface Branching {
  /** Code points. */
  readonly head: readonly number[];
  /** Code points that may occur there, in order. The first one certainly occurs. */
  readonly symbols: readonly number[];
  /** There may be other characters above these. */
  readonly open: boolean;
}

export interface Branch {
  readonly part: ListedRange;
  readonly branching: Branching;
}

/**
 * Cuts a branch between characters.
 *
 * @param chosen  for each place the first character behind it, if it is known
 * @param behind  for each place the range behind it, in order; undefined if no key lies there
 */
export function cutBranch(
  branch: Branch,
  chosen: readonly number[],
  behind: readonly (ListedRange | undefined)[],
  known: KeySymbols,
): Branch[] {
  const branches: Branch[] = [];
  let { part, branching } = branch;
  behind.forEach((upper, index) => {
    const { head, symbols } = branching;
    const place = chosen[index] ?? Number.POSITIVE_INFINITY;
    const below = symbols.filter((symbol) => symbol < place);
    if (!upper) branching = { head, symbols: below.length > 0 ? below : symbols, open: false };
    if (!upper || below.length === 0) return; // nothing is there, or nothing before it
    branches.push({
      part: endAt(part, upper.range.after as string),
      branching: { head, symbols: below, open: false },
    });
    const lowest = symbolOf(upper, head);
    const above = symbols.filter((symbol) => symbol >= lowest);
    part = upper;
    branching = { ...branching, symbols: above.length > 0 ? above : known.between(head.length, lowest) };
  });
  return [...branches, { part, branching }];
}

/** Chooses up to `most` of the symbols, evenly spread, and never the first one. */
export function placesBetween(symbols: readonly number[], most: number): number[] {
  const count = Math.min(most, symbols.length - 1);
  return Array.from(
    { length: count },
    (_, index) => symbols[Math.floor(((index + 1) * symbols.length) / (count + 1))] as number,
  );
}

export function mayBranch({ part, branching: { symbols, open } }: Branch): boolean {
  return part.page.next !== undefined && (symbols.length > 1 || open);
}

/** The character behind `head` in the first key of a range; -1 if that key is `head` itself, which comes before all others. */
export function symbolOf({ page }: ListedRange, head: readonly number[]): number {
  return codePoints(page.objects[0]?.key ?? '')[head.length] ?? -1;
}

/** If all branches branch again at the same depth, each weighs as many as it has branches. Otherwise all weigh the same. */
export function weigh(branches: readonly (Branching | undefined)[]): number[] {
  const depths = new Set(branches.flatMap((branch) => (branch ? [branch.head.length] : [])));
  return branches.map((branch) => (depths.size === 1 ? (branch?.symbols.length ?? 1) : 1));
}

function endAt({ range, page }: ListedRange, until: string): ListedRange {
  return { range: { ...range, until }, page: cutPage(page, until) };
}
