import { styleText } from 'node:util';
import ora from 'ora';
import type { LoopProgress, Progress } from '../../../local/progress';
import { formatCount, formatDuration, formatRate } from '../../../wording/numbers';
import { loopCells } from '../loop-cells';
import { printNote, shown } from '../output';
import { outcomeWords, phaseTitle } from '../phase-words';
import { renderTable } from '../table';
import type { ProgressDisplay } from './display';
import { PhaseClock } from './phase-clock';

/** For terminals: a spinner and a small table that is redrawn in place. */
export function liveDisplay(first: string): ProgressDisplay {
  let title = first;
  const clock = new PhaseClock(() => performance.now());
  const dim = (text: string) => styleText('dim', text, { stream: process.stderr });
  // without discardStdin, because a terminal in raw mode does not turn Ctrl-C into a signal
  const spinner = ora({ text: shown(title, process.stderr), stream: process.stderr, discardStdin: false }).start();
  return {
    update: (progress) => {
      const { elapsedMs } = clock.tick(progress);
      const pace = [formatRate(progress.copy.counters, progress.delete.counters, elapsedMs), formatDuration(elapsedMs)];
      spinner.text = shown(
        [
          title,
          `  ${phaseTitle(progress.phase)} ${dim(`(${pace.join(', ')})`)}`,
          renderTable(process.stderr, headings(progress), rows(progress)),
        ].join('\n'),
        process.stderr,
      );
    },
    retitle: (better) => {
      title = better;
      spinner.text = shown(title, process.stderr); // the next update adds the rest
    },
    note: (line) => {
      spinner.clear();
      printNote(`${line}\n`);
    },
    end: () => spinner.stop(),
  };
}

function headings({ phase }: Progress): string[] {
  const { copied, deleted } = outcomeWords(phase);
  return ['', 'listed', copied, 'bytes', 'unchanged', deleted, 'failed', 'round', 'ranges'];
}

function rows({ copy, delete: deletes }: Progress): string[][] {
  return [row('copy', copy), row('delete', deletes)].filter((cells) => cells.length > 0);
}

function row(name: 'copy' | 'delete', { round, running, ranges, counters }: LoopProgress): string[] {
  if (round === 0) return [];
  const where = ranges ? `${ranges.done} of ${ranges.total} done` : String(running);
  return [name, ...loopCells(name, counters), formatCount(counters.failed), String(round), where];
}
