import type { Counters, Phase, Run } from '../../../statemachine/contract';
import { copyingSteps } from '../../../statemachine/input/copying-steps';
import type { Host } from '../ports/host';
import type { KeyToChange, WantedKeys } from './changed-keys';
import { collectPaths } from './collect-paths';
import { deletedIn, isPage } from './keys-of-phases';
import { type InvalidateInput, mostPathsOfKey } from './paths-of-key';

/** What a plan has found. */
interface Found {
  readonly copy: Pick<Counters, 'copied' | 'overwritten'>;
  readonly delete: Pick<Counters, 'deleted'>;
}

type Takes = (change: KeyToChange) => boolean;

/**
 * At most how many paths and tags a run invalidates that carries out a plan, in both of its invalidations.
 *
 * @param run  the one that has made the plan, or one that applies it
 */
export async function foretellPaths(
  run: Run,
  found: Found,
  host: Pick<Host, 'runStore' | 'log' | 'remainingMs'>,
): Promise<number> {
  const { invalidate } = run.input;
  if (!invalidate) return 0;
  const { copied, overwritten = 0 } = found.copy;
  const changed = (invalidate.newPaths ? copied : overwritten) + found.delete.deleted;
  if (changed === 0) return 0;
  let sum = 0;
  for (const takes of tellings(run, invalidate)) {
    const paths = host.runStore.keepsNothing
      ? mostPaths(changed, invalidate)
      : (await collectPaths(run, invalidate, wantedOf(run, takes, invalidate), host)).length;
    sum += paths === 0 ? 0 : paths + invalidate.tags.length;
  }
  return sum;
}

/** What each invalidation of the run is about: before its deletes and after them, or only at its end. */
function tellings(run: Run, { indexDocument }: InvalidateInput): readonly Takes[] {
  const { input } = run;
  if (copyingSteps(input).length === 0 || !input.delete) return [() => true];
  const begun: Phase['name'][] = ['first-deletes', 'deletes'];
  const [goesFirst, goesLast] = [deletedIn(run, begun, ['first-deletes']), deletedIn(run, begun, ['deletes'])];
  return [
    ({ action, key }) => action === 'copy' || isPage(key, { indexDocument }) || goesFirst(key),
    ({ action, key }) => action === 'delete' && goesLast(key),
  ];
}

/** The report of a run has what its own plan has found. A plan of another run is read itself. */
function wantedOf({ input }: Run, takes: Takes, { newPaths }: InvalidateInput): WantedKeys {
  const isOther = input.apply !== undefined;
  return {
    phases: new Set<Phase['name']>(isOther ? [] : ['plan']),
    ...{ outcome: 'planned', newKeys: newPaths, only: takes },
    fromPlan: isOther ? takes : undefined,
  };
}

/** Without a report nobody knows which keys they are. */
function mostPaths(changed: number, { paths, maxPaths, ...rules }: InvalidateInput): number {
  return paths?.length ?? Math.min(mostPathsOfKey(rules) * changed, maxPaths);
}
