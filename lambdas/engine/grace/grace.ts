import type { ContinuationToken, RangeInput } from '../../../statemachine/contract';
import { durationMs } from '../../../statemachine/input/moment';
import { isAboutSomeKeys } from '../../../statemachine/some-keys';
import { subtract } from '../keys/range-sets';
import { keepsPlan, planToApply } from '../phases/start-loops';
import type { Host } from '../ports/host';
import { fingerprint, IS_BACK, type Orphan, recordOf } from './dates';
import { DatesReader } from './dates-reader';
import { type DatesLane, DatesWriter, writersOf } from './dates-writer';
import { datesOfPlan, PlaceOfDates } from './place-of-dates';

/**
 * Remembers for how long the destination has had its orphans. A date is the beginning of a run; the clock of
 * S3 is not used. A verify phase only reads dates. So does a plan; beside its actions it keeps what it has found, and the time
 * begins if a run applies it.
 */
export class Grace {
  readonly #startedAt: number;
  readonly #graceMs: number;
  readonly #place: PlaceOfDates;
  readonly #reader: DatesReader;
  readonly #writer: DatesWriter | undefined;
  /** The Task looks at single keys, so it can only say what it has found about each. */
  readonly #looksAtSome: boolean;

  /** @returns undefined if orphans do not wait, or if the phase does not judge them */
  static of(input: RangeInput, host: Host): Grace | undefined {
    const { run, phase } = input;
    const { deleteAfter } = run.input;
    const judges = phase.delete && planToApply(phase, run) === undefined;
    return deleteAfter !== undefined && judges ? new Grace(input, host, deleteAfter) : undefined;
  }

  private constructor(
    private readonly input: RangeInput,
    host: Host,
    deleteAfter: string,
  ) {
    const { run, phase, tokens } = input;
    this.#startedAt = Date.parse(run.startedAt);
    this.#graceMs = durationMs(deleteAfter);
    this.#looksAtSome = isAboutSomeKeys(run.input);
    this.#place = new PlaceOfDates(run.input, host);
    const ranges = tokens.map((token) => this.#place.rangeOf(token));
    this.#reader = new DatesReader(host.runStore, this.#place, ranges, writersOf(run, phase));
    const { dryRun } = run.input;
    const isKept = dryRun ? keepsPlan(phase, run, host.runStore) : phase.name !== 'verify';
    const files = dryRun ? datesOfPlan(run.id) : this.#place;
    if (isKept) this.#writer = new DatesWriter(host.runStore, files, input, host.invocationId, ranges);
  }

  /** Each walk has a lane of its own. */
  openLane(): GraceLane {
    const lane = this.#writer?.openLane();
    const remember = (orphan: Orphan, since: number) => {
      const key = this.#place.keyOf(orphan.key);
      return lane?.(key, recordOf(fingerprint(key, orphan), since));
    };
    return new GraceLane({
      sinceOf: (orphan) => this.#reader.sinceOf(orphan),
      remember,
      startedAt: this.#startedAt,
      graceMs: this.#graceMs,
      forgets: this.#looksAtSome && lane !== undefined,
    });
  }

  /** @param left  what the Task hands on */
  async close(left: readonly ContinuationToken[]): Promise<void> {
    if (!this.#writer) return;
    const hasDates = await this.#writer.flush();
    // a plan also says that nothing waits: a run that applies it may know of orphans that are none any longer
    if (!this.input.run.input.dryRun) {
      await this.#reader.open();
      if (!hasDates && this.#reader.isEmpty && this.#reader.damaged.size === 0) return;
    }
    const looked = this.#looksAtSome ? [] : subtract(this.input.tokens, left);
    await this.#writer.close(
      looked.map((range) => this.#place.rangeOf(range)),
      this.#reader.damaged,
    );
  }
}

interface Remembered {
  sinceOf(orphan: Orphan): number | undefined | Promise<number | undefined>;
  remember(orphan: Orphan, since: number): ReturnType<DatesLane>;
  readonly startedAt: number;
  readonly graceMs: number;
  /**
   * Whether the run must write down that a key is no orphan any longer. A run that looks at whole ranges need not: it simply does not
   * write the key's date again.
   */
  readonly forgets: boolean;
}

/** Judges what one walk meets at the destination. */
export class GraceLane {
  constructor(private readonly dates: Remembered) {}

  /** Whether an orphan has been one for long enough. Its date is remembered in any case: it may not be deleted after all. */
  isDue(orphan: Orphan): boolean | Promise<boolean> {
    const since = this.dates.sinceOf(orphan);
    return since instanceof Promise ? since.then((found) => this.#judge(orphan, found)) : this.#judge(orphan, since);
  }

  /** The run does not say whether the object is an orphan; what earlier runs say still holds. */
  leaveOut(object: Orphan): Promise<void> | undefined {
    const keep = (since: number | undefined) => (since === undefined ? undefined : this.dates.remember(object, since));
    const since = this.dates.sinceOf(object);
    return since instanceof Promise ? since.then(keep) : keep(since);
  }

  /** The source has the key. @param object  of the destination */
  isBack(object: Orphan): Promise<void> | undefined {
    if (!this.dates.forgets) return undefined;
    const forget = (since: number | undefined) =>
      since === undefined ? undefined : this.dates.remember(object, IS_BACK);
    const since = this.dates.sinceOf(object);
    return since instanceof Promise ? since.then(forget) : forget(since);
  }

  #judge(orphan: Orphan, found: number | undefined): boolean | Promise<boolean> {
    const { startedAt, graceMs } = this.dates;
    const since = found ?? startedAt;
    const isDue = startedAt - since >= graceMs;
    return this.dates.remember(orphan, since)?.then(() => isDue) ?? isDue;
  }
}
