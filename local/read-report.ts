import { findSummary, readSummaryText } from '../lambdas/engine/report/find-summary';
import { type ReportView, readLines } from '../lambdas/engine/report/read-report';
import { openRunStore } from '../lambdas/host/run-store/open-run-store';
import type { ReportLine, RunSummary } from '../statemachine/contract';
import { parseRunId } from '../statemachine/input/parse-sync-input';
import { findLatest, type KnownRun, LATEST, readRuns } from './find-run';

export type { ReportView } from '../lambdas/engine/report/read-report';
export type { KnownRun } from './find-run';

/**
 * The summary in a run's report. Undefined if there is none.
 *
 * @param run  the run's id, or its beginning, or `latest`
 * @param location  location of reports: `s3://bucket` or `file:///folder`
 * @throws InvalidInputError  the id is malformed, or several runs begin so
 */
export async function readSummary(run: string, location: string): Promise<RunSummary | undefined> {
  const store = openRunStore(location);
  const isLatest = run === LATEST && !(await readSummaryText(LATEST, store));
  if (isLatest) return findLatest(store);
  const found = await findSummary(parseRunId(run), store);
  return found && (JSON.parse(found.text) as RunSummary);
}

/** What is known of the runs of a place, the newest first. @param location  `s3://bucket` or `file:///folder` */
export function readRunsIn(location: string): Promise<KnownRun[]> {
  return readRuns(openRunStore(location));
}

/** The lines of one view of a run's report, part by part, in no order. */
export function readReport(runId: string, location: string, view: ReportView): AsyncGenerator<ReportLine[]> {
  return readLines(openRunStore(location), runId, view);
}
