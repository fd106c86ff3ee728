import type { RangeInput } from '../../../statemachine/contract';
import type { GraceLane } from '../grace/grace';
import type { ListedObject } from '../ports/bucket-reader';
import type { Ledger } from '../range/ledger';
import type { RangeFilter } from '../range/range-filter';
import { STOP } from '../walk/stop';
import type { Decision, Visitor } from '../walk/walker';
import type { DeleteAllowance } from './delete-allowance';
import type { OrphanDeleter } from './orphan-deleter';
import type { SourceGuard } from './source-guard';

/** What a walk over the destination works with. */
interface Deleting {
  readonly task: { readonly input: RangeInput; readonly ledger: Ledger; readonly filter: RangeFilter };
  readonly guard: SourceGuard;
  readonly allowance: DeleteAllowance;
  readonly deleter: OrphanDeleter;
  /** Absent: orphans do not wait before they are deleted. */
  readonly grace: GraceLane | undefined;
}

/** Decides each object of the destination that one walker meets, and has the orphans deleted. */
export class DestinationVisitor implements Visitor {
  constructor(private readonly deleting: Deleting) {}

  visit(destination: ListedObject, source: ListedObject | undefined): Decision | Promise<Decision> {
    const { filter, ledger } = this.deleting.task;
    // If the source has the key, the destination's object is no orphan, even if a filter leaves the source's object out.
    const takesPart = filter.takesPart(source ?? destination);
    const orphan = takesPart && !source;
    if (orphan) return this.#deleteOrphan(destination);
    if (!takesPart && !source) return this.#leaveOut(destination);
    ledger.meet(destination.key);
    if (takesPart) ledger.unchanged(destination.key);
    else ledger.leftOut(destination.key);
    return this.deleting.grace?.isBack(destination);
  }

  flush(): Promise<void> | undefined {
    return this.deleting.deleter.flush();
  }

  #deleteOrphan(orphan: ListedObject): Decision | Promise<Decision> {
    const { task, guard, grace } = this.deleting;
    const isUndo = task.input.run.input.undo !== undefined;
    const look = isUndo ? undefined : guard.ask(orphan);
    if (look) return look.then(() => this.#deleteOrphan(orphan));
    const verdict = isUndo ? 'delete' : guard.judge(orphan);
    if (verdict === 'later') return STOP;
    if (verdict === 'leave') return this.#leaveOut(orphan);
    const isDue = grace?.isDue(orphan) ?? true;
    return isDue instanceof Promise ? isDue.then((due) => this.#decide(orphan, due)) : this.#decide(orphan, isDue);
  }

  #decide(orphan: ListedObject, isDue: boolean): Decision | Promise<Decision> {
    if (isDue) return this.#deleteDue(orphan);
    const { ledger } = this.deleting.task;
    ledger.meet(orphan.key);
    return ledger.deferred(orphan);
  }

  #deleteDue(orphan: ListedObject): Decision | Promise<Decision> {
    const { allowance, deleter } = this.deleting;
    const claim = allowance.claim();
    if (claim) return claim.then(() => this.#deleteDue(orphan));
    if (allowance.isQuotaSpent) return STOP;
    return deleter.delete(orphan);
  }

  #leaveOut(object: ListedObject): Promise<void> | undefined {
    const { task, grace } = this.deleting;
    task.ledger.meet(object.key);
    task.ledger.leftOut(object.key);
    return grace?.leaveOut(object);
  }
}
