import { codePoints, type KeySymbols } from './key-symbols';
import { cutPage, type ListedRange } from './range-probes';

/** A place where the keys of a range branch: all of them start with `head`, then come these characters. */
export interface Branching {
  /** Code points. */
  readonly head: readonly number[];
  /** Code points, in order, that may occur there; the first one does. */
  readonly symbols: readonly number[];
  /** There may be others above them. */
  readonly open: boolean;
}

export interface Branch {
  readonly part: ListedRange;
  readonly branching: Branching;
}

/**
 * Cuts a branch between characters.
 *
 * @param chosen  the first character that lies behind each place, where it is known
 * @param behind  what lies behind each place, in order; undefined where nothing does
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

/** Up to `most` of them but for the first one, so that as many lie between each two. */
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

/** The character behind `head` in the first key of a range; a key that is `head` itself comes before all of them. */
export function symbolOf({ page }: ListedRange, head: readonly number[]): number {
  return codePoints(page.objects[0]?.key ?? '')[head.length] ?? -1;
}

/** Branches that branch again at the same depth weigh by how often they do; otherwise nothing is known, and all are equal. */
export function weigh(branches: readonly (Branching | undefined)[]): number[] {
  const depths = new Set(branches.flatMap((branch) => (branch ? [branch.head.length] : [])));
  return branches.map((branch) => (depths.size === 1 ? (branch?.symbols.length ?? 1) : 1));
}

function endAt({ range, page }: ListedRange, until: string): ListedRange {
  return { range: { ...range, until }, page: cutPage(page, until) };
}
