import type { PairVisitor } from '../copy/pair-visitor';
import type { GraceLane } from '../grace/grace';
import type { ListedObject } from '../ports/bucket-reader';
import type { Ledger } from '../range/ledger';
import type { RangeFilter } from '../range/range-filter';
import type { Decision, Visitor } from '../walk/walker';
import type { OrphanFinder } from './orphan-finder';

/** Decides what a walk over both sides meets: the objects of the source, and what only the destination has. */
export class BothVisitor implements Visitor {
  constructor(
    private readonly task: { readonly atDestination: Ledger; readonly filter: Pick<RangeFilter, 'takesPart'> },
    private readonly pairs: PairVisitor,
    private readonly orphans: OrphanFinder,
    private readonly grace?: GraceLane,
  ) {}

  visit(source: ListedObject, destination: ListedObject | undefined): Promise<void> | undefined {
    const busy = this.pairs.visit(source, destination);
    // A pair that could not be decided is met again, and must not count twice.
    if (destination) return busy ? busy.then(() => this.#keep(destination, source)) : this.#keep(destination, source);
    return busy;
  }

  visitOther(destination: ListedObject): Decision | Promise<Decision> {
    if (this.task.filter.takesPart(destination)) return this.orphans.find(destination);
    this.#decide(destination, destination);
    return this.grace?.leaveOut(destination);
  }

  flush(): Promise<void> | undefined {
    return this.orphans.flush();
  }

  /** The source has the key, even if a filter leaves its object out, so the destination's object is no orphan. */
  #keep(destination: ListedObject, source: ListedObject): Promise<void> | undefined {
    this.#decide(destination, source);
    return this.grace?.isBack(destination);
  }

  #decide({ key }: ListedObject, judged: ListedObject): void {
    const { atDestination, filter } = this.task;
    atDestination.meet(key);
    if (filter.takesPart(judged)) atDestination.unchanged(key);
    else atDestination.leftOut(key);
  }
}
