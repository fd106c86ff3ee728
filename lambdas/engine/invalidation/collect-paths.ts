import type { Run } from '../../../statemachine/contract';
import type { Host } from '../ports/host';
import { changedKeys, type WantedKeys } from './changed-keys';
import { PathCollector } from './path-collector';
import { type InvalidateInput, pathsOfKey } from './paths-of-key';

/** Longer reports are not read: that takes too long, and the changes would become few wildcards anyway. */
const MOST_LINES = 200_000;
/** Left for the request to CloudFront, and to wait for the edges. */
const CLOSING_MS = 55_000;

/**
 * The paths of the objects that a run has changed; if the changes are not known, a path for everything.
 *
 * @returns none if nothing has changed that the distribution serves
 */
export async function collectPaths(
  run: Run,
  { maxPaths, paths, ...rules }: InvalidateInput,
  wanted: WantedKeys,
  { runStore, log, remainingMs }: Pick<Host, 'runStore' | 'log' | 'remainingMs'>,
): Promise<readonly string[]> {
  const collector = new PathCollector(maxPaths, rules);
  let hasAny = false;
  let lines = 0;
  if (runStore.keepsNothing || wanted.isUnknown) return paths ?? everything(collector);
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
