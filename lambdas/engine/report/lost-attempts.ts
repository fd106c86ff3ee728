import type { Phase, RangeInput } from '../../../statemachine/contract';
import type { Host } from '../ports/host';
import { type RunStore, runFolder } from '../ports/run-store';

/**
 * An attempt at a range that was killed may have written objects of which no report tells. A plan says what they can be. Where a run that
 * invalidates has no plan, each attempt leaves its name before it writes, so that the next one at the same range knows that it is not the first.
 */
export async function noteAttempt({ run, phase, round, index }: RangeInput, loop: 'copy' | 'delete', host: Host) {
  const { runStore, invocationId } = host;
  const isNeeded = phase.write && run.input.invalidate && !run.plan && !runStore.keepsNothing;
  if (!isNeeded) return;
  const range = `${phase.name}-${loop}-${round}-${index}`;
  const name = `${runFolder(run.id)}/attempts/${range}`;
  // if the answer to the first request was lost, the repeated one finds its own name
  const isFirst =
    (await runStore.putIfAbsent(name, invocationId)) ||
    (await runStore.get(name))?.body.toString('utf8') === invocationId;
  if (!isFirst) await runStore.putIfAbsent(lostFolder(run.id) + range, invocationId);
}

/** Whether an attempt was lost in one of these phases. */
export async function hasLostAttempts(
  runId: string,
  phases: Iterable<Phase['name']>,
  store: RunStore,
): Promise<boolean> {
  const folder = lostFolder(runId);
  const names = await store.list(folder);
  return [...phases].some((phase) =>
    names.some((name) => /^(.*)-\w+-\d+-\d+$/.exec(name.slice(folder.length))?.[1] === phase),
  );
}

function lostFolder(runId: string): string {
  return `${runFolder(runId)}/lost-attempts/`;
}
