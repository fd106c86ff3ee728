import PQueue from 'p-queue';
import type { ContinuationToken, KeyRange } from '../../../statemachine/contract';
import { isWithin } from '../keys/key-range';
import type { ListedObject } from '../ports/bucket-reader';
import { type Finder, KeyFinder, type SideOfKeys } from './key-finder';
import { STOP } from './stop';
import type { SharedWalk } from './walk';
import type { Decision, Visitor, WalkEnd } from './walker';

export interface KeyWalk extends Pick<SharedWalk, 'createVisitor' | 'shouldStop' | 'shouldHandBack'> {
  readonly walked: SideOfKeys | Finder;
  /** Asked after the walked side: an object that is put on both sides meanwhile is then not absent there. */
  readonly other: SideOfKeys | Finder;
  /** At most this many remainders come back. */
  readonly walkers: number;
}

const HEADS_AT_ONCE = 64;

/** A part of what is left is not smaller than this. */
const KEYS_PER_PART = 100;

/**
 * Walks only some keys of ranges, and looks for them by HEADs or by list pages; see `KeyFinder`. It neither decides nor counts
 * the keys between them. A key that neither side has is passed.
 *
 * @param keys  in order
 * @returns how the walks ended. The remainders together are what is left of the ranges
 */
export async function walkKeys(
  keys: readonly string[],
  ranges: readonly ContinuationToken[],
  options: KeyWalk,
): Promise<WalkEnd[]> {
  const heads = new PQueue({ concurrency: HEADS_AT_ONCE });
  const parts = Math.max(1, Math.floor(options.walkers / ranges.length));
  const walks = ranges.map((range) => {
    const within = keys.filter((key) => isWithin(range, key));
    return new WalkOfKeys(range, within, options, parts, heads).run();
  });
  return (await Promise.all(walks)).flat();
}

class WalkOfKeys {
  readonly #range: ContinuationToken;
  readonly #walked: Finder;
  readonly #other: Finder;
  #visitor: Visitor;
  /** All keys of the range up to this one are decided, or in `#failures`. */
  #after: string | undefined;
  /** How many of the keys these are. */
  #passed = 0;
  #begun = false;
  /** A key that could not be looked up. The walk goes on behind it; the next such key ends the walk. */
  readonly #failures: WalkEnd[] = [];

  constructor(
    { listing: _listing, ...range }: ContinuationToken,
    private readonly keys: readonly string[],
    private readonly options: KeyWalk,
    /** How many remainders may come back. */
    private readonly parts: number,
    heads: PQueue,
  ) {
    this.#range = range;
    this.#after = range.after;
    this.#visitor = options.createVisitor(range.after);
    this.#walked = finderOf(options.walked, heads);
    this.#other = finderOf(options.other, heads);
  }

  async run(): Promise<WalkEnd[]> {
    let error: unknown;
    try {
      await this.#walk();
    } catch (caught) {
      error = caught;
    } finally {
      await this.#visitor.flush?.();
    }
    if (error !== undefined) return [...this.#failures, { begun: this.#begun, remainder: this.#rest(), error }];
    return [...this.#failures, ...this.#remainders()];
  }

  async #walk(): Promise<void> {
    const { shouldStop, shouldHandBack } = this.options;
    while (this.#passed < this.keys.length) {
      // no decision may grow old while others are looked for
      await this.#visitor.flush?.();
      const some = this.keys.slice(this.#passed, this.#passed + this.#walked.batch);
      if ((await this.#walkSome(some)) === STOP || shouldStop() || shouldHandBack?.()) return;
    }
  }

  async #walkSome(keys: readonly string[]): Promise<Decision> {
    const walked = await this.#walked.find(keys);
    const wanted = upToFailure(keys, walked.failed).filter(
      (key) => this.#visitor.visitOther || walked.objects.has(key),
    );
    const other = await this.#other.find(wanted);
    const failed = other.failed ?? walked.failed;
    for (const key of upToFailure(keys, failed)) {
      const decision = await this.#visit(walked.objects.get(key), other.objects.get(key));
      if (decision === STOP) return STOP;
      this.#pass(key);
      if (this.#begun && this.options.shouldStop()) return STOP;
    }
    if (failed) await this.#fail(failed);
    return undefined;
  }

  async #visit(walked: ListedObject | undefined, other: ListedObject | undefined): Promise<Decision> {
    if (!walked && !other) return undefined;
    const decision = walked ? this.#visitor.visit(walked, other) : other && this.#visitor.visitOther?.(other);
    if (decision === STOP || (decision && (await decision) === STOP)) return STOP;
    this.#begun = true;
    return undefined;
  }

  #pass(key: string): void {
    this.#after = key;
    this.#passed += 1;
  }

  /** Leaves only this key undone. A visitor of its own follows: what it hands on must not reach back over this key. */
  async #fail({ key, error }: { readonly key: string; readonly error: unknown }): Promise<void> {
    if (this.#failures.length + 1 >= this.parts) throw error;
    this.#failures.push({ begun: false, remainder: { ...this.#rest(), until: key }, error });
    this.#pass(key);
    await this.#visitor.flush?.();
    this.#visitor = this.options.createVisitor(key);
  }

  /** What is left behind `#after`, in one range. */
  #rest(): ContinuationToken {
    return this.#after === undefined ? this.#range : { ...this.#range, after: this.#after };
  }

  /** What is left, cut at wanted keys, so that other Tasks can walk parts of it. */
  #remainders(): WalkEnd[] {
    const left = this.keys.length - this.#passed;
    if (left === 0) return [{ begun: this.#begun }];
    const most = Math.min(this.parts - this.#failures.length, Math.floor(left / KEYS_PER_PART));
    const parts = Math.max(1, most);
    const cuts = Array.from(
      { length: parts - 1 },
      (_, index) => this.#passed + Math.ceil(((index + 1) * left) / parts),
    );
    const bounds = [this.#after, ...cuts.map((cut) => this.keys[cut - 1])];
    return bounds.map((after, index) => {
      const until = bounds[index + 1] ?? this.#range.until;
      return { begun: this.#begun, remainder: { ...this.#rest(), ...present({ after, until }) } };
    });
  }
}

function finderOf(side: SideOfKeys | Finder, heads: PQueue): Finder {
  return 'find' in side ? side : new KeyFinder(side, heads);
}

function present({ after, until }: KeyRange): KeyRange {
  return { ...(after !== undefined && { after }), ...(until !== undefined && { until }) };
}

function upToFailure(keys: readonly string[], failed: { readonly key: string } | undefined): readonly string[] {
  return failed ? keys.slice(0, keys.indexOf(failed.key)) : keys;
}
