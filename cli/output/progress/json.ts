import type { Progress } from '../../../local/progress';
import { doesWork } from '../phase-words';
import type { ProgressDisplay } from './display';
import { FactFinder, type Facts } from './facts';

const EVENT_EVERY_MS = 1_000;

/**
 * For programs: events, each one document. docs/command-line.md lists their fields.
 *
 * @param now  milliseconds since 1970
 */
export function jsonDisplay(write: (event: object) => void, now: () => number = Date.now): ProgressDisplay {
  const finder = new FactFinder(now);
  let latest: Progress | undefined;
  let phase: Progress['phase'] | undefined;
  let lastAt = 0;
  const tell = (type: string, more: object) => write({ type, time: new Date(now()).toISOString(), ...more });
  const look = () => {
    if (!latest) return;
    const facts = finder.look(latest);
    if (facts.phase === phase && now() - lastAt < EVENT_EVERY_MS) return;
    [phase, lastAt] = [facts.phase, now()];
    tell('progress', describe(facts));
  };
  const timer = setInterval(look, EVENT_EVERY_MS).unref();
  return {
    begin: (run) => tell('begin', run),
    update: (progress) => {
      latest = progress;
      look();
    },
    retitle: () => {},
    note: (text) => tell('note', { text }),
    actions: (lines) => {
      for (const line of lines) write({ type: 'action', ...line });
    },
    pause: () => {},
    resume: () => {},
    end: () => clearInterval(timer),
  };
}

function describe({ phase, elapsedMs, amounts, plan, rates, percent, leftMs, inFlight, functions, ageMs }: Facts) {
  const { isAll: _, ...planned } = plan ?? {};
  const { lookedAt, same, skipped, copied, copiedBytes, deleted, failedCopies, failedDeletes } = amounts;
  return {
    ...{ phase, writes: doesWork(phase), elapsedMs, lookedAt, same, leftOut: skipped, copied, copiedBytes, deleted },
    failed: failedCopies + failedDeletes,
    ...(inFlight !== undefined && { inFlight }),
    ...(plan && { planned }),
    ...(rates && { perSecond: rates }),
    ...(percent !== undefined && { percent }),
    ...(leftMs !== undefined && { leftMs: Math.round(leftMs) }),
    ...(functions && { functions }),
    ...(ageMs !== undefined && { ageMs }),
  };
}
