import type { RangeInput } from '../../../statemachine/contract';
import { type Compare, compareBy, type Verdict } from '../compare/compare';
import type { Evidence } from '../evidence/evidence-of-task';
import type { EvidenceLane } from '../evidence/evidence-writer';
import { planOutcome } from '../kept-plan/plan-outcome';
import type { PlanLane } from '../kept-plan/plan-writer';
import type { ContentWatch } from '../listing/content-watch';
import type { ListedObject } from '../ports/bucket-reader';
import type { Ledger } from '../range/ledger';
import type { RangeFilter } from '../range/range-filter';
import type { Visitor } from '../walk/walker';
import type { ObjectCopier } from './object-copier';
import type { Pair } from './version-copier';

interface PairTask {
  readonly input: RangeInput;
  readonly filter: RangeFilter;
  readonly ledger: Ledger;
  readonly content: ContentWatch;
}

/** What a walker works with. */
interface Copying {
  readonly task: PairTask;
  readonly copier: ObjectCopier;
  readonly evidence: Evidence;
  /** Where this walker writes its actions; undefined: its decisions are not kept as a plan. */
  readonly plan: PlanLane | undefined;
}

/** What a plan says of an object. */
interface Planned extends Pick<Pair, 'isUnjudged'> {
  /** Why the plan copies the object; absent: this visitor decides. */
  readonly reason?: string | undefined;
}

type Around = Omit<Pair, 'source' | 'destination'>;
type Listed = { readonly source: ListedObject; readonly destination: ListedObject };

/** Decides each object of the source that one walker meets, with its counterpart. */
export class PairVisitor implements Visitor {
  readonly #compare: Compare;
  readonly #lane: EvidenceLane;

  /** @param previous  the key before the first one that is visited */
  constructor(
    private readonly copying: Copying,
    private previous: string | undefined,
  ) {
    this.#compare = compareBy(copying.task.input.run.input.compare);
    this.#lane = copying.evidence.openLane();
  }

  /** @param planned  what a plan says of the object; absent: there is no plan */
  visit(
    source: ListedObject,
    destination: ListedObject | undefined,
    { reason, isUnjudged }: Planned = {},
  ): Promise<void> | undefined {
    const { task, copier, plan } = this.copying;
    const around: Around = { after: this.previous, lane: this.#lane, isUnjudged };
    this.previous = source.key;
    task.ledger.meet(source.key, plan && planOutcome(plan, source.key, { source, destination }));
    const isInScope = task.filter.isInScope(source);
    if (isInScope) task.content.note(source);
    if (!isInScope || !task.filter.letsThrough(source)) {
      task.ledger.leftOut(source.key);
      return (
        destination && this.#ifProven({ source, destination }, (known) => this.#keep(known, { source, destination }))
      );
    }
    const isDecided = reason !== undefined;
    if (isDecided || !destination) return copier.copy({ source, destination, ...around }, reason ?? 'missing');
    const verdict = this.#compare(source, destination);
    if (verdict.action !== 'inspect' || !verdict.ifProven) return this.#act({ source, destination }, around, verdict);
    const { ifProven } = verdict;
    return this.#ifProven({ source, destination }, (known) => {
      const kept = this.#keep(known, { source, destination });
      const acted = this.#act({ source, destination }, around, known ? ifProven : verdict);
      return kept ? kept.then(() => acted) : acted;
    });
  }

  /** Passes an object that its caller decides, so that a range that is handed on later does not include it. */
  pass({ key }: ListedObject): void {
    this.previous = key;
  }

  #act(pair: Listed, around: Around, verdict: Verdict): Promise<void> | undefined {
    const { task, copier } = this.copying;
    if (verdict.action === 'unchanged') {
      task.ledger.unchanged(pair.source.key, verdict.by);
      return undefined;
    }
    if (verdict.action === 'copy') return copier.copy({ ...pair, ...around }, verdict.reason);
    return copier.inspect({ ...pair, ...around }, verdict);
  }

  #ifProven(
    { source, destination }: Listed,
    act: (known: boolean) => Promise<void> | undefined,
  ): Promise<void> | undefined {
    const known = this.copying.evidence.isProven(source, destination);
    return known instanceof Promise ? known.then(act) : act(known);
  }

  /** The next run reads only the evidence of this run, so this evidence has to be written again. */
  #keep(known: boolean, { source, destination }: Listed): Promise<void> | undefined {
    if (!known) return undefined;
    return this.#lane.add({ key: source.key, sourceETag: source.eTag, destinationETag: destination.eTag });
  }
}
