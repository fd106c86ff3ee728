import type { LoopProgress, Progress } from '../../../local/progress';
import { formatBytes, formatCount, formatRate } from '../../../wording/numbers';
import { printNote } from '../output';
import { outcomeWords, phaseTitle } from '../phase-words';
import type { ProgressDisplay } from './display';
import { PhaseClock } from './phase-clock';

const LINE_EVERY_MS = 5_000;

/**
 * For logs and pipes: one line when a phase begins, then one every few seconds.
 *
 * @param waitMs  how long the first line may wait for `retitle`
 */
export function linesDisplay(
  first: string,
  waitMs = 0,
  write: (line: string) => void = (line) => printNote(`${line}\n`),
  now: () => number = () => performance.now(),
): ProgressDisplay {
  const clock = new PhaseClock(now);
  let lastLineAt = 0;
  let title = first;
  let written: string | undefined;
  const begin = () => {
    clearTimeout(timer);
    if (written !== title) write(title);
    written = title;
  };
  const timer = waitMs > 0 ? setTimeout(begin, waitMs) : undefined;
  if (waitMs === 0) begin();
  return {
    update: (progress) => {
      begin();
      const { begins, elapsedMs } = clock.tick(progress);
      if (begins) write(`${progress.phase}: ${phaseTitle(progress.phase)}`);
      else if (now() - lastLineAt >= LINE_EVERY_MS) write(describe(progress, elapsedMs));
      else return;
      lastLineAt = now();
    },
    retitle: (better) => {
      title = better;
      begin();
    },
    note: (line) => {
      begin();
      write(line);
    },
    end: begin,
  };
}

function describe({ phase, copy, delete: deletes }: Progress, elapsedMs: number): string {
  const loops = [describeLoop('copy loop', copy, phase), describeLoop('delete loop', deletes, phase)];
  const parts = [...loops.filter((loop) => loop !== ''), formatRate(copy.counters, deletes.counters, elapsedMs)];
  return `${phase}: ${parts.join('; ')}`;
}

function describeLoop(
  name: string,
  { round, running, ranges, counters }: LoopProgress,
  phase: Progress['phase'],
): string {
  if (round === 0) return '';
  const { copied, deleted } = outcomeWords(phase);
  const outcomes = [
    counters.copied && `${formatCount(counters.copied)} ${copied} (${formatBytes(counters.copiedBytes)})`,
    counters.deleted && `${formatCount(counters.deleted)} ${deleted}`,
    counters.unchanged && `${formatCount(counters.unchanged)} unchanged`,
    counters.skipped && `${formatCount(counters.skipped)} skipped`,
    counters.failed && `${formatCount(counters.failed)} failed`,
  ];
  const where = ranges
    ? `round ${round}, ${ranges.done} of ${ranges.total} ranges done`
    : `round ${round}, ${running} ${running === 1 ? 'range' : 'ranges'}`;
  return `${name} (${where}): ${[`${formatCount(counters.listed)} listed`, ...outcomes.filter(Boolean)].join(', ')}`;
}
