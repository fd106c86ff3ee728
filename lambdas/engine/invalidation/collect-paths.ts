import type { Run } from '../../../statemachine/contract';
import type { Host } from '../ports/host';
import { changedKeys, type WantedKeys } from './changed-keys';
import { PathCollector } from './path-collector';
import { type InvalidateInput, pathsOfKey } from './paths-of-key';

/** In more, nobody looks for what has changed: it takes too long, and the few paths that are left would say little. */
const MOST_LINES = 200_000;
/** Left to tell CloudFront, and to wait for it. */
const CLOSING_MS = 55_000;

/**
 * The paths of what a run has changed. If nobody can say what that is, everything.
 *
 * @returns none if nothing has changed that the distribution serves
 */
export async function collectPaths(
  run: Run,
  { maxPaths, paths, ...rules }: InvalidateInput,
  wanted: WantedKeys,
  { runStore, log, remainingMs }: Pick<Host, 'runStore' | 'log' | 'remainingMs'>,
): Promise<readonly string[]> {
  const collector = new PathCollector(maxPaths, `${rules.viewerPrefix}/`);
  let hasAny = false;
  let lines = 0;
  if (runStore.keepsNothing) return paths ?? everything(collector);
  try {
    for await (const { keys, read } of changedKeys(run, wanted, runStore)) {
      lines += read;
      for (const path of keys.flatMap((key) => pathsOfKey(run.input.destinationPrefix + key, rules))) {
        hasAny = true;
        collector.add(path);
      }
      if (collector.isEverything || (hasAny && paths)) break;
      if (lines > MOST_LINES || remainingMs() < CLOSING_MS) return paths ?? everything(collector);
    }
  } catch (error) {
    log?.('warn', 'What the run has changed could not be read', { error: (error as Error).name });
    return paths ?? everything(collector);
  }
  return hasAny && paths ? paths : collector.finish();
}

function everything(collector: PathCollector): readonly string[] {
  collector.addEverything();
  return collector.finish();
}
