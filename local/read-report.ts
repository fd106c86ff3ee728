import { runFolder } from '../lambdas/engine/ports/run-store';
import { type ReportView, readLines } from '../lambdas/engine/report/read-report';
import { openRunStore } from '../lambdas/host/run-store/open-run-store';
import type { ReportLine, RunSummary } from '../statemachine/contract';
import { parseRunId } from '../statemachine/input/sync-input';
import { findRun } from './find-run';

export type { ReportView } from '../lambdas/engine/report/read-report';

/**
 * The summary in a run's report. Undefined if there is none.
 *
 * @param run  the run's id, or its beginning
 * @param location  location of reports: `s3://bucket` or `file:///folder`
 * @throws InvalidInputError  the id is malformed, or several runs begin so
 */
export async function readSummary(run: string, location: string): Promise<RunSummary | undefined> {
  const store = openRunStore(location);
  const summaryOf = (id: string) => store.get(`${runFolder(id)}/summary.json`);
  const whole = await summaryOf(parseRunId(run));
  const id = whole ? undefined : await findRun(run, store, !location.startsWith('s3:'));
  const found = whole ?? (id === undefined ? undefined : await summaryOf(id));
  return found && (JSON.parse(found.body.toString('utf8')) as RunSummary);
}

/** The lines of one view of a run's report, part by part, in no order. */
export function readReport(runId: string, location: string, view: ReportView): AsyncGenerator<ReportLine[]> {
  return readLines(openRunStore(location), runId, view);
}
