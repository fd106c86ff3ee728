import type { RangeInput } from '../../../statemachine/contract';
import type { Found, OrphanProof } from '../delete/orphan-proof';
import type { SourceGuard } from '../delete/source-guard';
import type { GraceLane } from '../grace/grace';
import { planOutcome } from '../kept-plan/plan-outcome';
import type { PlanLane } from '../kept-plan/plan-writer';
import type { ListedObject } from '../ports/bucket-reader';
import { StoreError } from '../ports/store-error';
import type { Ledger } from '../range/ledger';
import type { StopRules } from '../range/stop-rules';
import { STOP } from '../walk/stop';
import type { Decision } from '../walk/walker';

interface Task {
  readonly input: RangeInput;
  readonly atDestination: Ledger;
  readonly stops: StopRules;
}

/** As many orphans as one list page of the source can answer for. */
const BATCH = 1000;

/**
 * Counts orphans in a phase that deletes nothing. Pages of both sides are fetched ahead, so an object that was put on both sides
 * meanwhile may seem to be an orphan. In a plan this does no harm, because every delete asks the source once more. No delete follows
 * a verify phase, so the verify phase asks the source itself.
 */
export class OrphanFinder {
  #batch: ListedObject[] = [];
  readonly #asks: boolean;

  constructor(
    private readonly task: Task,
    private readonly guard: SourceGuard,
    private readonly proof: OrphanProof,
    /** Absent: nothing is kept as a plan. */
    private readonly lane?: PlanLane,
    /** Absent: orphans do not wait before they are deleted. */
    private readonly grace?: GraceLane,
  ) {
    this.#asks = task.input.phase.name === 'verify';
  }

  /** @param orphan  an object that takes part, and that the source did not list */
  find(orphan: ListedObject): Decision | Promise<Decision> {
    const look = this.guard.ask(orphan);
    if (look) return look.then(() => this.find(orphan));
    const verdict = this.guard.judge(orphan);
    if (verdict === 'later') return STOP;
    if (verdict === 'leave') return this.#leaveOut(orphan);
    const isDue = this.grace?.isDue(orphan) ?? true;
    return isDue instanceof Promise ? isDue.then((due) => this.#note(orphan, due)) : this.#note(orphan, isDue);
  }

  #leaveOut(orphan: ListedObject): Decision | Promise<Decision> {
    this.task.atDestination.meet(orphan.key);
    this.task.atDestination.leftOut(orphan.key);
    return this.grace?.leaveOut(orphan);
  }

  #note(orphan: ListedObject, isDue: boolean): Decision | Promise<Decision> {
    const onDecided = this.lane && planOutcome(this.lane, orphan.key, { destination: orphan });
    this.task.atDestination.meet(orphan.key, onDecided);
    if (!isDue) return this.task.atDestination.deferred(orphan);
    if (!this.#asks) return this.task.atDestination.deleted(orphan);
    this.#batch.push(orphan);
    return this.#batch.length < BATCH ? undefined : this.#prove();
  }

  /** Resolves when the source has been asked about all orphans that were found. */
  flush(): Promise<void> | undefined {
    return this.#batch.length === 0 ? undefined : this.#prove();
  }

  /** The walk goes on behind these objects, whatever happens here, so each of them is decided here. */
  async #prove(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    const ledger = this.task.atDestination;
    try {
      const found = await this.proof.ask(batch.map(({ key }) => key));
      for (const orphan of batch) await this.#conclude(orphan, found.get(orphan.key));
    } catch (error) {
      if (this.task.stops.endsBy(error)) for (const { key } of batch) ledger.leave(key);
      else for (const orphan of batch) await ledger.failed('delete', orphan, 'refused', error);
    }
  }

  /** @param found  what the source has under its key */
  #conclude(orphan: ListedObject, found: Found | undefined): Promise<void> | undefined {
    const ledger = this.task.atDestination;
    if (found === undefined) return ledger.deleted(orphan);
    if (found instanceof StoreError) return ledger.failed('delete', orphan, found.reason, found);
    ledger.unchanged(orphan.key);
    return undefined;
  }
}
