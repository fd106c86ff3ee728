import { compareKeys } from '../keys/compare-keys';
import { type Amount, addAmounts, NOTHING } from './amounts';

export interface FolderSum {
  /** The first part of the keys, such as `assets/`; empty for keys without a folder. */
  readonly folder: string;
  readonly copied: Amount;
  readonly deleted: Amount;
}

/** Folders beyond these are counted together, so that a bucket of a million folders does not fill the memory. */
const KNOWN_FOLDERS = 10_000;

/** What is copied and deleted, folder by folder. */
export class FolderSums {
  readonly #known = new Map<string, FolderSum>();
  #others: FolderSum | undefined;

  /** @param prefix  the folder that is mirrored: all keys begin with it, so it says nothing */
  constructor(private readonly prefix = '') {}

  add(key: string, of: 'copied' | 'deleted', amount: Amount): void {
    const begin = key.startsWith(this.prefix) ? this.prefix.length : 0;
    const folder = key.slice(begin, key.indexOf('/', begin) + 1);
    this.addSum({ ...emptySum(folder), [of]: amount });
  }

  addSum(sum: FolderSum): void {
    const known = this.#known.get(sum.folder);
    if (known || this.#known.size < KNOWN_FOLDERS) this.#known.set(sum.folder, known ? join(known, sum) : sum);
    else this.addOthers(sum);
  }

  addOthers(sum: FolderSum): void {
    this.#others = join(this.#others ?? emptySum(''), sum);
  }

  /** The folders with the most bytes to copy and delete, the largest first, and the rest together. */
  top(most: number): { readonly folders: readonly FolderSum[]; readonly others?: FolderSum } {
    const sorted = [...this.#known.values()].sort((a, b) => bytesIn(b) - bytesIn(a) || compareKeys(a.folder, b.folder));
    const rest = [...sorted.slice(most), ...(this.#others ? [this.#others] : [])];
    return {
      folders: sorted.slice(0, most),
      ...(rest.length > 0 && { others: { ...rest.reduce(join), folder: '' } }),
    };
  }
}

function emptySum(folder: string): FolderSum {
  return { folder, copied: NOTHING, deleted: NOTHING };
}

function join(a: FolderSum, b: FolderSum): FolderSum {
  return {
    folder: a.folder,
    copied: addAmounts(a.copied, b.copied),
    deleted: addAmounts(a.deleted, b.deleted),
  };
}

function bytesIn({ copied, deleted }: FolderSum): number {
  return copied.bytes + deleted.bytes;
}
