import type { Progress } from '../../../local/progress';
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
export function linesDisplay(
  first: string,
  waitMs = 0,
  write: (line: string) => void = (line) => printNote(`${line}\n`),
  now: () => number = Date.now,
): ProgressDisplay {
  const finder = new FactFinder(now);
  let phase: Progress['phase'] | undefined;
  let latest: Progress | undefined;
  let lastLineAt = 0;
  let title = first;
  let written: string | undefined;
  let isPaused = false;
  const begin = () => {
    clearTimeout(timer);
    if (written !== title) write(title);
    written = title;
  };
  const timer = waitMs > 0 ? setTimeout(begin, waitMs) : undefined;
  if (waitMs === 0) begin();
  const look = () => {
    if (!latest || isPaused) return;
    const facts = finder.look(latest);
    const begins = facts.phase !== phase;
    if (!begins && now() - lastLineAt < LINE_EVERY_MS) return;
    phase = facts.phase;
    lastLineAt = now();
    write(`${timeOfDay(lastLineAt)} ${begins ? phaseTitle(phase) : describeFacts(facts)}`);
  };
  const ticks = setInterval(look, LOOK_EVERY_MS).unref();
  return {
    begin: () => {},
    update: (progress) => {
      begin();
      latest = progress;
      look();
    },
    retitle: (better) => {
      title = better;
      begin();
    },
    note: (line) => {
      begin();
      write(line);
    },
    actions: (lines) => {
      begin();
      write(lines.map(describeLine).join('\n'));
    },
    pause: () => {
      begin();
      isPaused = true;
    },
    resume: () => {
      isPaused = false;
    },
    end: () => {
      clearInterval(ticks);
      begin();
    },
  };
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
