import type { Progress } from '../../../local/progress';
import type { ReportLine } from '../../../statemachine/contract';
import { describeLine } from '../describe-line';
import { printNote } from '../output';
import { phaseTitle } from '../phase-words';
import { describeLeft, describeRest, describeWork } from './describe-facts';
import type { ProgressDisplay } from './display';
import { FactFinder, type Facts } from './facts';

const LINE_EVERY_MS = 30_000;
/** Rates are those of the last ten seconds, so what happens between two lines is looked at, too. */
const LOOK_EVERY_MS = 1_000;

/**
 * For logs and pipes: one line when a phase begins, then one every half a minute, each with its time.
 *
 * @param waitMs  how long the first line may wait for `retitle`
 * @param now  milliseconds since 1970
 */
export class LinesDisplay implements ProgressDisplay {
  readonly #finder: FactFinder;
  readonly #ticks = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  readonly #firstLine: NodeJS.Timeout | undefined;
  #title: string;
  #writtenTitle: string | undefined;
  #latest: Progress | undefined;
  #phase: Progress['phase'] | undefined;
  #lastLineAt = 0;
  #isPaused = false;

  constructor(
    first: string,
    waitMs = 0,
    private readonly write: (line: string) => void = (line) => printNote(`${line}\n`),
    private readonly now: () => number = Date.now,
  ) {
    this.#title = first;
    this.#finder = new FactFinder(now);
    if (waitMs > 0) this.#firstLine = setTimeout(() => this.#writeTitle(), waitMs);
    else this.#writeTitle();
  }

  begin(): void {}

  update(progress: Progress): void {
    this.#writeTitle();
    this.#latest = progress;
    this.#look();
  }

  retitle(better: string): void {
    this.#title = better;
    this.#writeTitle();
  }

  note(line: string): void {
    this.#writeTitle();
    this.write(line);
  }

  actions(lines: readonly ReportLine[]): void {
    this.note(lines.map(describeLine).join('\n'));
  }

  pause(): void {
    this.#writeTitle();
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
  }

  end(): void {
    clearInterval(this.#ticks);
    this.#writeTitle();
  }

  /** Unless this title was written. Every other line comes after the title. */
  #writeTitle(): void {
    clearTimeout(this.#firstLine);
    if (this.#writtenTitle !== this.#title) this.write(this.#title);
    this.#writtenTitle = this.#title;
  }

  #look(): void {
    if (!this.#latest || this.#isPaused) return;
    const facts = this.#finder.look(this.#latest);
    const begins = facts.phase !== this.#phase;
    if (!begins && this.now() - this.#lastLineAt < LINE_EVERY_MS) return;
    this.#phase = facts.phase;
    this.#lastLineAt = this.now();
    this.write(`${timeOfDay(this.#lastLineAt)} ${begins ? phaseTitle(this.#phase) : describeFacts(facts)}`);
  }
}

/** `copied 40 of 90 (4 kB of 9 kB) 2.0/s 200 B/s · … · failed 0 · 44% · about 25 s left` */
function describeFacts(facts: Facts): string {
  const work = describeWork(facts).map(([word, objects, bytes, ...rates]) =>
    [word, objects, bytes && `(${bytes})`, ...rates].filter(Boolean).join(' '),
  );
  const percent = facts.percent === undefined ? '' : `${facts.percent}%`;
  return [...work, ...describeRest(facts), percent, describeLeft(facts)].filter(Boolean).join(' · ');
}

/** `02:31:15`, by the clock of this machine. */
function timeOfDay(ms: number): string {
  return new Date(ms).toTimeString().slice(0, 8);
}
