import type { ContinuationToken, RangeInput } from '../../../statemachine/contract';
import { isExecutionArn } from '../../../statemachine/execution-id';
import type { Host } from '../ports/host';
import type { Visitor } from '../walk/walker';
import { cutAlong, type LikelyPart } from './cut-along';
import { fileOf, partsOf } from './place-of-waymarks';
import { FINEST_OBJECTS, LEAST_OBJECTS } from './waymark';
import { fitting, formatWaymarks, parseWaymarks } from './waymark-file';
import { WaymarkLanes } from './waymark-lanes';

/** A local run keeps its state in memory, so as many remainders may come back as walkers are worth it. */
const WALKERS_OF_LOCAL_RUN = 32;

/** Of a Task whose copy loop walks buckets: cuts its range where an earlier run has left waymarks, and leaves waymarks for the next run. */
export class Waymarks {
  readonly #lanes: WaymarkLanes | undefined;

  /** @param found  the file that an earlier run has left, if this is the first Task of its loop */
  private constructor(
    private readonly input: RangeInput,
    private readonly host: Pick<Host, 'runStore'>,
    private readonly found: Buffer | undefined,
    notes: boolean,
  ) {
    if (notes) this.#lanes = new WaymarkLanes();
  }

  /** Waymarks that cannot be read only cost time. */
  static async open(input: RangeInput, host: Pick<Host, 'runStore'>): Promise<Waymarks> {
    const file = isOnly(input) ? await host.runStore.get(fileOf(input.run)).catch(() => undefined) : undefined;
    // a proof walks where the run before it has walked already
    const notes = input.phase.name !== 'verify' && !host.runStore.keepsNothing;
    return new Waymarks(input, host, file?.body, notes);
  }

  /** The ranges of the Task, or the parts of its only range. */
  get parts(): readonly LikelyPart[] {
    const { tokens, run } = this.input;
    const [token] = tokens;
    const whole = tokens.map((range) => ({ range, pages: 0 }));
    if (!token || token.listing || !this.found) return whole;
    const waymarks = parseWaymarks(this.found, [run.input.prefix, run.input.destinationPrefix]);
    return waymarks ? cutAlong(token, waymarks, this.#walkers) : whole;
  }

  /** Notes what a visitor meets. */
  note(visitor: Visitor): Visitor {
    const lane = this.#lanes?.openLane();
    if (!lane) return visitor;
    return {
      visit(object, counterpart) {
        lane.pass(object.key);
        return visitor.visit(object, counterpart);
      },
      ...(visitor.visitOther && {
        visitOther(object) {
          lane.pass(object.key);
          return visitor.visitOther?.(object);
        },
      }),
      flush: () => visitor.flush?.(),
    };
  }

  /** Keeps the waymarks, if they are not kept already. It never fails. @param left  what is left of the Task's ranges */
  async close(left: readonly ContinuationToken[]): Promise<void> {
    const waymarks = this.#lanes?.waymarks;
    if (!waymarks) return;
    const { run, phase, round, index } = this.input;
    const isWhole = isOnly(this.input) && left.length === 0;
    const objects = waymarks.reduce((sum, waymark) => sum + waymark.objects, 0);
    const isWorth = objects >= (isWhole ? LEAST_OBJECTS : FINEST_OBJECTS);
    const text = formatWaymarks(isWorth ? fitting(waymarks) : []);
    // if the bucket has become small, the waymarks of the time before are no longer of use
    const isKept = this.found && isWhole ? this.found.toString('utf8') === text : !isWorth;
    if (isKept) return;
    const name = isWhole ? fileOf(run) : `${partsOf(run, phase.name)}${round}-${index}.json`;
    await this.host.runStore.put(name, text).catch(() => {});
  }

  get #walkers(): number {
    const { run, share } = this.input;
    return isExecutionArn(run.executionId) ? share.walkers : Math.max(share.walkers, WALKERS_OF_LOCAL_RUN);
  }
}

/** Whether the Task begins its loop, and is alone. */
function isOnly({ round, tokens, share }: RangeInput): boolean {
  return round === 0 && tokens.length === 1 && share.ranges === 1;
}
