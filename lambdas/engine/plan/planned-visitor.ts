import type { RangeInput } from '../../../statemachine/contract';
import type { PairVisitor } from '../copy/pair-visitor';
import { destinationOf, plannedFor } from '../kept-plan/planned-action';
import type { ListedObject } from '../ports/bucket-reader';
import type { FormerVersions } from '../range/former-versions';
import type { Ledger } from '../range/ledger';
import { describeLeft } from '../report/left-alone';
import type { Visitor } from '../walk/walker';

interface Task {
  readonly input: RangeInput;
  readonly ledger: Ledger;
  readonly formerVersions: Pick<FormerVersions, 'set'>;
}

/**
 * Does what a plan says about the objects that the copy loop has to act on. If the plan could not decide about an object,
 * this class decides, unless somebody has reviewed the plan: then only reviewed actions are carried out.
 */
export class PlannedVisitor implements Visitor {
  constructor(
    private readonly task: Task,
    private readonly pairs: PairVisitor,
  ) {}

  visit(source: ListedObject): Promise<void> | undefined {
    const planned = plannedFor(source);
    if (planned.action === 'decide' && this.task.input.run.plan?.exactly) return this.#leave(source, planned.reason);
    if (source.versionId !== undefined) this.task.formerVersions.set(source.key, source.versionId);
    return this.pairs.visit(source, destinationOf(planned), {
      reason: planned.action === 'copy' ? planned.reason : undefined,
      isUnjudged: planned.action === 'decide' && this.#limitsOverwrites,
    });
  }

  get #limitsOverwrites(): boolean {
    const { input, deployed } = this.task.input.run;
    return input.maxOverwrites !== undefined || deployed?.maxOverwrites !== undefined;
  }

  #leave(source: ListedObject, reason: string): Promise<void> | undefined {
    this.pairs.pass(source);
    this.task.ledger.meet(source.key);
    return this.task.ledger.failed('copy', source, reason, describeLeft(reason) ?? new Error(UNDECIDED));
  }
}

const UNDECIDED =
  'The plan could not decide what to do with this object. Its report says why; remove the reason and plan again';
