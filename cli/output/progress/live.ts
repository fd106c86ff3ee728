import { styleText } from 'node:util';
import ora, { type Ora } from 'ora';
import type { Progress } from '../../../local/progress';
import type { ReportLine } from '../../../statemachine/contract';
import { formatDuration } from '../../../wording/numbers';
import { describeLine } from '../describe-line';
import { printNote, removeLinesAbove, shown } from '../output';
import { phaseTitle } from '../phase-words';
import { renderTable } from '../table';
import { describeLeft, describeRest, describeWork } from './describe-facts';
import type { ProgressDisplay } from './display';
import { FactFinder, type Facts } from './facts';
import { fit, linesOf } from './fit';

const REDRAW_EVERY_MS = 1_000;

/** For terminals: a spinner and a few lines that are redrawn in place. They go on while S3 does not answer, too. */
export class LiveDisplay implements ProgressDisplay {
  readonly #stream = process.stderr;
  readonly #finder = new FactFinder(Date.now);
  readonly #timer = setInterval(() => this.#draw(), REDRAW_EVERY_MS).unref();
  readonly #onResize = () => this.#resize();
  readonly #spinner: Ora;
  #title: string;
  #latest: Progress | undefined;
  #columns = this.#stream.columns;

  constructor(first: string) {
    this.#title = first;
    // without discardStdin, because a terminal in raw mode does not turn Ctrl-C into a signal
    this.#spinner = ora({ text: this.#textOf([first]), stream: this.#stream, discardStdin: false }).start();
    this.#stream.on('resize', this.#onResize);
  }

  begin(): void {}

  update(progress: Progress): void {
    this.#latest = progress;
    this.#draw();
  }

  retitle(better: string): void {
    this.#title = better;
    this.#spinner.text = this.#textOf([better]); // the next update adds the rest
  }

  note(line: string): void {
    this.#spinner.clear();
    printNote(`${line}\n`);
  }

  actions(lines: readonly ReportLine[]): void {
    this.note(lines.map(describeLine).join('\n'));
  }

  pause(): void {
    this.#spinner.stop();
  }

  resume(): void {
    this.#spinner.start();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#stream.off('resize', this.#onResize);
    this.#spinner.stop();
  }

  #draw(): void {
    const facts = this.#latest ? renderFacts(this.#finder.look(this.#latest)) : [];
    this.#spinner.text = this.#textOf([this.#title, ...facts.flatMap((part) => part.split('\n'))]);
  }

  #textOf(lines: readonly string[]): string {
    // the spinner takes two columns of the first line
    const widthOf = (index: number) => (index === 0 ? this.#columns - 2 : this.#columns);
    return lines.map((line, index) => fit(shown(line, this.#stream), widthOf(index))).join('\n');
  }

  #resize(): void {
    const drawn = `  ${this.#spinner.text}`;
    const more = linesOf(drawn, this.#stream.columns) - linesOf(drawn, this.#columns);
    this.#columns = this.#stream.columns;
    const isShown = this.#spinner.isSpinning;
    if (isShown) this.#spinner.stop();
    // a terminal that becomes narrower breaks the lines that it shows
    if (isShown) removeLinesAbove(more);
    this.#draw();
    if (isShown) this.#spinner.start();
  }
}

/** The lines below the title. They fit 80 columns, up to a billion objects. */
export function renderFacts(facts: Facts, stream: NodeJS.WriteStream = process.stderr): string[] {
  const dim = (text: string) => styleText('dim', text, { stream });
  const work = describeWork(facts);
  const left = describeLeft(facts);
  const elapsed = Math.floor(facts.elapsedMs / 1000);
  return [
    `  ${phaseTitle(facts.phase)} ${dim(elapsed < 1 ? '' : `(${formatDuration(1000 * elapsed)})`)}`.trimEnd(),
    ...(facts.percent === undefined ? [] : [`  ${renderBar(facts.percent)} ${facts.percent}%  ${left}`.trimEnd()]),
    ...(work.length > 0 ? [renderTable(stream, [], work).replaceAll(/ +$/gm, '')] : []),
    `  ${describeRest(facts).join('  ')}`,
  ];
}

const BAR_LENGTH = 30;

function renderBar(percent: number): string {
  const full = Math.floor((percent * BAR_LENGTH) / 100);
  return '█'.repeat(full) + '░'.repeat(BAR_LENGTH - full);
}
