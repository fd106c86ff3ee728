/** When walkers that share a range are cut, and how many requests that may cost. */
export interface CutLimits {
  /** How many pages of the walked side come before the first cut. */
  readonly pagesBefore: number;
  /** Up to this many pages, a bucket is small. Its cuts cost little, because there is little to share. */
  readonly pagesOfSmall: number;
  /** How many list requests may look for places to cut in a large bucket, in addition to `PROBES_PER_PAGE`. */
  readonly probes: number;
}

export const CUT_LIMITS = {
  /** A small bucket is listed sooner than it is shared. */
  firstRound: { pagesBefore: 5, pagesOfSmall: 22, probes: 64 },
  /** Each page is a thousand copies, in which other Tasks soon want a share. Beside them, probes cost nothing. */
  firstCopies: { pagesBefore: 1, pagesOfSmall: 0, probes: 16 },
  /** The round before has left something, so the bucket is large. */
  laterRound: { pagesBefore: 2, pagesOfSmall: 0, probes: 64 },
  /** Many other Tasks are working, so a small range is not worth a cut. */
  manyTasks: { pagesBefore: 16, pagesOfSmall: 0, probes: 64 },
} satisfies Record<string, CutLimits>;

/** The same for a small bucket: a few, and one more for each dozen pages. */
const PROBES_OF_SMALL = 4;
const PROBES_PER_PAGE_OF_SMALL = 1 / 12;

/** How many list requests may look for places to cut, for each page of the walked side. */
const PROBES_PER_PAGE = 1 / 32;

/** How many list requests one cut may cost. If it needs more, too little is left to share. The first cut knows nothing about the keys. */
const PROBES_PER_CUT = 4;
const PROBES_FOR_FIRST_CUT = 16;
const PROBES_PER_HELPER = 2;

/** Fewer probes find no place. */
const LEAST_PROBES = 2;

/**
 * How many list requests cuts may cost. Each probe costs one more than a single walker needs: either it finds no place to cut,
 * or a helper begins there, and then half a page on each side is listed twice.
 */
export class CutBudget {
  #pages = 0;
  /** Probes that were sent, and those that cuts at work may send. */
  #probes = 0;
  #cuts = 0;

  constructor(private readonly limits: CutLimits) {}

  get pages(): number {
    return this.#pages;
  }

  countPage(): void {
    this.#pages += 1;
  }

  get isSmall(): boolean {
    return this.#pages < this.limits.pagesOfSmall;
  }

  get mayCut(): boolean {
    return this.#pages >= this.limits.pagesBefore && this.#left >= LEAST_PROBES;
  }

  /** Sets probes apart for a cut. @returns how many */
  reserve(helpers: number): number {
    const base = this.#cuts === 0 && !this.isSmall ? PROBES_FOR_FIRST_CUT : PROBES_PER_CUT;
    const probes = Math.min(this.#left, base + PROBES_PER_HELPER * helpers);
    this.#probes += probes;
    return probes;
  }

  /** The cut is over. @param hasCut  whether it found a place */
  settle(reserved: number, sent: number, hasCut: boolean): void {
    this.#probes += sent - reserved;
    if (hasCut && !this.isSmall) this.#cuts += 1;
  }

  get #left(): number {
    const most = this.isSmall
      ? PROBES_OF_SMALL + this.#pages * PROBES_PER_PAGE_OF_SMALL
      : this.limits.probes + this.#pages * PROBES_PER_PAGE;
    return Math.floor(most - this.#probes);
  }
}
