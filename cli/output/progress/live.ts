import { styleText } from 'node:util';
import ora from 'ora';
import type { Progress } from '../../../local/progress';
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
export function liveDisplay(first: string): ProgressDisplay {
  const { stderr } = process;
  let title = first;
  let latest: Progress | undefined;
  let columns = stderr.columns;
  const finder = new FactFinder(Date.now);
  const textOf = (lines: readonly string[]) =>
    // the spinner takes two columns of the first line
    lines.map((line, index) => fit(shown(line, stderr), index === 0 ? columns - 2 : columns)).join('\n');
  // without discardStdin, because a terminal in raw mode does not turn Ctrl-C into a signal
  const spinner = ora({ text: textOf([title]), stream: stderr, discardStdin: false }).start();
  const draw = () => {
    spinner.text = textOf([
      title,
      ...(latest ? renderFacts(finder.look(latest)).flatMap((part) => part.split('\n')) : []),
    ]);
  };
  const resize = () => {
    const drawn = `  ${spinner.text}`;
    const more = linesOf(drawn, stderr.columns) - linesOf(drawn, columns);
    columns = stderr.columns;
    const isShown = spinner.isSpinning;
    if (isShown) spinner.stop();
    // a terminal that becomes narrower breaks the lines that it shows
    if (isShown) removeLinesAbove(more);
    draw();
    if (isShown) spinner.start();
  };
  const timer = setInterval(draw, REDRAW_EVERY_MS).unref();
  stderr.on('resize', resize);
  const note = (line: string) => {
    spinner.clear();
    printNote(`${line}\n`);
  };
  return {
    begin: () => {},
    update: (progress) => {
      latest = progress;
      draw();
    },
    retitle: (better) => {
      title = better;
      spinner.text = textOf([title]); // the next update adds the rest
    },
    note,
    actions: (lines) => note(lines.map(describeLine).join('\n')),
    pause: () => spinner.stop(),
    resume: () => spinner.start(),
    end: () => {
      clearInterval(timer);
      stderr.off('resize', resize);
      spinner.stop();
    },
  };
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
