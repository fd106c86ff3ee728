import { sameAttributes, sameChecksums } from '../compare/same-attributes';
import type { AdaptiveConcurrency } from '../concurrency/adaptive-concurrency';
import type { PlanLane } from '../kept-plan/plan-writer';
import { versionOf } from '../kept-plan/planned-action';
import type { ListedObject, ObjectHead } from '../ports/bucket-reader';
import type { Buckets } from '../ports/bucket-writer';
import { StoreError } from '../ports/store-error';
import type { FormerVersions } from '../range/former-versions';
import type { Ledger } from '../range/ledger';
import type { RangeFilter } from '../range/range-filter';
import type { StopRules } from '../range/stop-rules';
import { describeLeft } from '../report/left-alone';
import type { Visitor } from '../walk/walker';
import type { Change, Comparison, FormerObject, LeftReason } from './judge-key';
import type { JudgedKey } from './version-finder';

/** What the visitor requires of its Task. */
export interface UndoTask {
  readonly buckets: Buckets;
  readonly concurrency: AdaptiveConcurrency;
  readonly filter: RangeFilter;
  readonly ledger: Ledger;
  readonly atDestination: Ledger;
  readonly stops: StopRules;
  readonly formerVersions: Pick<FormerVersions, 'set' | 'forget'>;
}

/** Plans what brings each key back, and reports what is left alone. */
export class UndoVisitor implements Visitor {
  constructor(
    private readonly task: UndoTask,
    private readonly lane: PlanLane | undefined,
  ) {}

  visit(object: ListedObject): Promise<void> | undefined {
    const judged = object as JudgedKey;
    const { key, verdict } = judged;
    const { filter, ledger } = this.task;
    if (!filter.isInScope(judged)) {
      ledger.meet(key);
      ledger.leftOut(key);
      return undefined;
    }
    if (verdict.action === 'compare') return this.task.concurrency.run(() => this.#compare(judged, verdict));
    return this.#change(judged, verdict);
  }

  #change(object: JudgedKey, change: Change): Promise<void> | undefined {
    const { key } = object;
    const { ledger, atDestination } = this.task;
    if (change.action === 'copy') return this.#bringBack(key, change);
    if (change.action === 'leave') return this.#leave(object, change.reason);
    if (change.action === 'delete') {
      const { current } = change;
      atDestination.meet(key, () =>
        this.lane?.add({ key, action: 'delete', reason: UNDO, destination: versionOf(current) }),
      );
      return atDestination.deleted(current, UNDO);
    }
    ledger.meet(key);
    return ledger.unchanged(key) as undefined;
  }

  #bringBack(key: string, { former, current }: Extract<Change, { action: 'copy' }>): Promise<void> | undefined {
    const { ledger, atDestination } = this.task;
    const reason = current ? UNDO : 'missing';
    if (current) {
      // it is one of those that take part
      atDestination.meet(key);
      atDestination.unchanged(key);
    }
    const sides = { source: versionOf(former), ...(current && { destination: versionOf(current) }) };
    ledger.meet(key, () => this.lane?.add({ key, action: 'copy', reason, ...sides }));
    return ledger.copied(former, reason);
  }

  #leave(object: JudgedKey, reason: LeftReason): Promise<void> | undefined {
    const { verdict: _, ...source } = object;
    const { key } = object;
    this.task.ledger.meet(key, () => this.lane?.add({ key, action: 'decide', reason, source: versionOf(source) }));
    return this.task.ledger.failed('copy', object, reason, describeLeft(reason));
  }

  /** An undo that broke off, or that of a later run, or somebody, may have brought back what there was. */
  async #compare(object: JudgedKey, { former, made, current, change }: Comparison): Promise<void> {
    const { key } = object;
    try {
      if (former && (await this.#areSame(former, current))) return await this.#change(object, { action: 'nothing' });
      const isAsLeft = made !== undefined && (await this.#areSame(made, current));
      return await this.#change(object, isAsLeft ? change : { action: 'leave', reason: 'changed-since' });
    } catch (error) {
      this.task.ledger.meet(key);
      if (this.task.stops.endsBy(error)) this.task.ledger.leave(key);
      else await this.task.ledger.failed('copy', object, error instanceof StoreError ? error.reason : 'refused', error);
    }
  }

  async #areSame({ key, versionId }: FormerObject, current: FormerObject): Promise<boolean> {
    const { source, destination } = this.task.buckets;
    this.task.formerVersions.set(key, versionId);
    const ask = (side: Pick<typeof source, 'headObject'>) => unlessGone(side.headObject(key, { checksums: true }));
    const [there, here] = await Promise.all([ask(source), ask(destination)]);
    this.task.formerVersions.forget(key);
    if (!there || !here || here.eTag !== current.eTag) return false;
    if (!sameAttributes(there.attributes, here.attributes) || there.tagCount !== here.tagCount) return false;
    return there.eTag === here.eTag || sameChecksums(there, here) === true;
  }
}

const UNDO = 'undo';

async function unlessGone(asked: Promise<ObjectHead>): Promise<ObjectHead | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof StoreError && error.reason === 'gone') return undefined;
    throw error;
  }
}
