import { styleText } from 'node:util';
import ora from 'ora';
import type { Progress } from '../../../local/progress';
import { formatDuration } from '../../../wording/numbers';
import { printNote, shown } from '../output';
import { phaseTitle } from '../phase-words';
import { renderTable } from '../table';
import { describeLeft, describeRest, describeWork } from './describe-facts';
import type { ProgressDisplay } from './display';
import { FactFinder, type Facts } from './facts';

const REDRAW_EVERY_MS = 1_000;

/** For terminals: a spinner and a few lines that are redrawn in place. They go on while S3 does not answer, too. */
export function liveDisplay(first: string): ProgressDisplay {
  let title = first;
  let latest: Progress | undefined;
  const finder = new FactFinder(Date.now);
  // without discardStdin, because a terminal in raw mode does not turn Ctrl-C into a signal
  const spinner = ora({ text: shown(title, process.stderr), stream: process.stderr, discardStdin: false }).start();
  const draw = () => {
    if (latest) spinner.text = shown([title, ...renderFacts(finder.look(latest))].join('\n'), process.stderr);
  };
  const timer = setInterval(draw, REDRAW_EVERY_MS).unref();
  return {
    update: (progress) => {
      latest = progress;
      draw();
    },
    retitle: (better) => {
      title = better;
      spinner.text = shown(title, process.stderr); // the next update adds the rest
    },
    note: (line) => {
      spinner.clear();
      printNote(`${line}\n`);
    },
    pause: () => spinner.stop(),
    resume: () => spinner.start(),
    end: () => {
      clearInterval(timer);
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
