import type { Run, SyncInput } from '../../../statemachine/contract';
import { compileGlob, type KeyTest } from './glob';

/** A glob of a run, and in which list it stands. */
export interface WatchedGlob {
  readonly option: 'include' | 'exclude' | 'order';
  readonly glob: string;
}

interface Watched extends Pick<Run, 'deployed'> {
  /** A run that began before a deployment may have no `order`. */
  readonly input: Pick<SyncInput, 'include' | 'exclude'> & Partial<Pick<SyncInput, 'order'>>;
}

/** Whether each of them has matched is one bit of a number that the state carries. */
const MOST_WATCHED = 31;

/** The globs that are watched: the first ones of a run. Of a part of the deployed folder, `order` may name nothing. */
function watchedGlobs({ input: { include, exclude, order = [] }, deployed }: Watched): WatchedGlob[] {
  const all = [
    ...include.map((glob) => ({ option: 'include', glob }) as const),
    ...exclude.map((glob) => ({ option: 'exclude', glob }) as const),
    ...(deployed?.folder ? [] : order).map((glob) => ({ option: 'order', glob }) as const),
  ];
  return all.slice(0, MOST_WATCHED);
}

/** The watched globs that have matched no key. @param matched  a bit for each glob that has */
export function unmatchedGlobs(run: Watched, matched: number): WatchedGlob[] {
  return watchedGlobs(run).filter((_, index) => !hasBit(matched, index));
}

/**
 * Finds out which globs match any key at all. Each key costs one test as long as globs are left that have matched none, and nothing
 * afterwards.
 */
export class GlobWatch {
  readonly #globs: readonly WatchedGlob[];
  #any: KeyTest | undefined;

  /** @param matched  a bit for each glob that is known to match a key */
  constructor(
    run: Watched,
    public matched = 0,
  ) {
    this.#globs = watchedGlobs(run);
    this.#any = this.#compile();
  }

  see(key: string): void {
    if (!this.#any?.test(key)) return;
    for (const [index, { glob }] of this.#globs.entries()) {
      if (!hasBit(this.matched, index) && compileGlob(glob).test(key)) this.matched |= 1 << index;
    }
    this.#any = this.#compile();
  }

  #compile(): KeyTest | undefined {
    const left = this.#globs.filter((_, index) => !hasBit(this.matched, index));
    return left.length === 0 ? undefined : compileGlob(...left.map(({ glob }) => glob));
  }
}

function hasBit(bits: number, index: number): boolean {
  return (bits & (1 << index)) !== 0;
}
