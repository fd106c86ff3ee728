import type { RunSummary } from '../../../statemachine/contract';
import { RunNameTakenError } from '../../../statemachine/errors';
import { printableJson } from '../../../statemachine/printable';
import type { RunStore } from '../ports/run-store';
import { runFolder } from '../ports/run-store';
import { writeOnce } from './write-once';

/**
 * @returns the summary that is stored: if the Task is repeated, the summary of the first attempt
 * @throws RunNameTakenError  another run of the same name has written its own
 */
export async function writeSummary(summary: RunSummary, store: RunStore): Promise<RunSummary> {
  const name = `${runFolder(summary.runId)}/summary.json`;
  const found = await writeOnce(store, name, `${printableJson(summary, 2)}\n`);
  if (!found) return summary;
  const former = JSON.parse(found.toString('utf8')) as RunSummary;
  if (former.startedAt === summary.startedAt) return former;
  throw new RunNameTakenError(
    `Expected no other run to have the name ${summary.runId}, but one has left ${store.locate(name)}. ` +
      'Start each execution with a name of its own',
  );
}
