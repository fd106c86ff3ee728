import type { KeyRange, SyncInput } from '../../../statemachine/contract';
import { justBefore } from '../keys/key-range';
import type { Host } from '../ports/host';
import { sha256 } from '../remembered/files';

/** The folder of all dates in the run store. */
export const GRACE_FOLDER = 'grace/';

const BEHIND_ALL = '\u{10ffff}'.repeat(3);

type Mirror = Pick<SyncInput, 'source' | 'prefix' | 'destination' | 'destinationPrefix'>;

/**
 * Where the dates of a mirror are. A run of a sub-folder shares them with the runs of the whole mirror: both decide about the same
 * pairs of keys. So the names that both folders end with are a part of the keys here.
 *
 * | `prefix` | `destinationPrefix` | the key `x` is here |
 * | --- | --- | --- |
 * | `site/` | `` | `x` |
 * | `site/img/` | `img/` | `img/x`, in the same place |
 */
export class PlaceOfDates {
  readonly indexes: string;
  readonly parts: string;
  /** The file about undos in the destination, which all mirrors into that bucket share. */
  readonly undone: string;
  readonly destinationFolder: string;
  readonly #folder: string;

  constructor({ source, prefix, destination, destinationPrefix }: Mirror, host: Pick<Host, 'worlds' | 'endpoint'>) {
    this.#folder = commonEnd(prefix, destinationPrefix);
    const from = prefix.slice(0, prefix.length - this.#folder.length);
    const to = destinationPrefix.slice(0, destinationPrefix.length - this.#folder.length);
    const sides = host.worlds?.describe(source, destination);
    // buckets of two servers may have the same names
    const servers = sides ? [sides.source.endpoint, sides.destination.endpoint] : [host.endpoint, host.endpoint];
    const folder = `${GRACE_FOLDER}${sha256(JSON.stringify([servers, source, from, destination, to])).slice(0, 32)}`;
    this.indexes = `${folder}/indexes/`;
    this.parts = `${folder}/parts/`;
    this.undone = `${GRACE_FOLDER}undone/${sha256(destination).slice(0, 32)}.json`;
    this.destinationFolder = destinationPrefix;
  }

  keyOf(key: string): string {
    return this.#folder + key;
  }

  rangeOf({ after, until }: KeyRange): KeyRange {
    if (this.#folder === '') return { ...(after !== undefined && { after }), ...(until !== undefined && { until }) };
    const start = after === undefined ? justBefore(this.#folder) : this.keyOf(after);
    return { ...(start !== undefined && { after: start }), until: this.keyOf(until ?? BEHIND_ALL) };
  }
}

/** The folders that both end with. */
function commonEnd(one: string, other: string): string {
  const [names, others] = [one.split('/').reverse(), other.split('/').reverse()];
  const first = names.findIndex((name, index) => name !== others[index]);
  const common = first < 0 ? names.length : first;
  return names.slice(0, common).reverse().join('/');
}
