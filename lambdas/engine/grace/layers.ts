import type { KeyRange } from '../../../statemachine/contract';
import { isWithin } from '../keys/key-range';
import { covers, subtract, unite } from '../keys/range-sets';
import type { PartOfKeys } from '../remembered/sorted-parts';

/** Dates of orphans whose keys lie between `first` and `last`. */
export interface DatesPart extends PartOfKeys {
  readonly sha256: string;
  /** The Task was about to write it, and may have been ended. */
  readonly pending?: true;
}

/** What one run says. */
export interface Layer {
  /** The run; see `generationOf`. */
  readonly generation: string;
  readonly parts: readonly DatesPart[];
  /** Here the run has looked at every key, so what older runs say no longer holds. */
  readonly looked: readonly KeyRange[];
  /**
   * When the run began, in milliseconds since 1970, if it ended before it came to its deletes. It has published nothing, so this date
   * starts no time.
   */
  readonly unpublished?: number;
}

/**
 * One layer for each run, the newest first, without parts in which no date holds any longer. A layer is left
 * out if none of its dates and none of its looks hold.
 */
export function stack(layers: readonly Layer[]): Layer[] {
  const generations = [...new Set(layers.map(({ generation }) => generation))].sort().reverse();
  const stacked: Layer[] = [];
  let above: KeyRange[] = [];
  for (const generation of generations) {
    const own = layers.filter((layer) => layer.generation === generation);
    const named = new Map(own.flatMap(({ parts }) => parts.map((part) => [part.name, part])));
    for (const part of own.flatMap(({ parts }) => parts)) if (!part.pending) named.set(part.name, part);
    const parts = [...named.values()].filter(({ first, last }) => !covers(above, first, last));
    const looked = subtract(
      own.flatMap((layer) => layer.looked),
      above,
    );
    const unpublished = own.find((layer) => layer.unpublished !== undefined)?.unpublished;
    if (parts.length > 0 || looked.length > 0)
      stacked.push({ generation, parts, looked, ...(unpublished !== undefined && { unpublished }) });
    above = unite([...above, ...looked]);
  }
  return stacked;
}

/** Which of the stacked layers still hold for a key: down to the newest one that has looked at it. */
export function deepestFor(key: string, stacked: readonly Layer[]): number {
  const looked = stacked.findIndex((layer) => covers(layer.looked, key));
  return looked < 0 ? stacked.length - 1 : looked;
}

/** Whether all that layers say is about keys of one range. */
export function areWithin(range: KeyRange, layers: readonly Layer[]): boolean {
  return layers.every(
    ({ parts, looked }) =>
      parts.every(({ first, last }) => isWithin(range, first) && isWithin(range, last)) &&
      subtract(looked, [range]).length === 0,
  );
}
