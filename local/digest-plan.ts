import { estimateRun } from '../lambdas/engine/cost/estimate-run';
import { type PlanDigest as Digest, digestPlan } from '../lambdas/engine/report/plan-digest';
import { addCounters, type EstimatedCost, type RunSummary } from '../statemachine/contract';
import { parseSyncInput } from '../statemachine/input/parse-sync-input';
import type { PlannedRun } from './confirm-plan';
import { foretellSeconds } from './foretell-time';
import { readReport } from './read-report';

export type { Amount } from '../lambdas/engine/report/plan-digest';

/** What a plan's report says, and what the run will cost at least. */
export interface PlanDigest extends Digest {
  readonly run: EstimatedCost;
  /** How long the run is likely to take. Absent: nobody knows, because its copies go through a machine, or its plan is part of it. */
  readonly runSeconds?: number;
}

/**
 * @param plan  the summary of a dry run
 * @param location  of its report: `s3://bucket` or `file:///folder`
 * @returns undefined if the plan kept no report
 */
export async function digestPlanOf(plan: RunSummary, location: string): Promise<PlanDigest | undefined> {
  if (plan.report === undefined) return undefined;
  const input = parseSyncInput(plan.input, () => true);
  const digest = await digestPlan(readReport(plan.runId, location, 'plan'), { ...plan, input });
  const found = { ...plan.totals, listedInMs: plan.elapsedMs, largestBytes: digest.largest[0]?.sizeBytes ?? 0 };
  const runSeconds = foretellSeconds(found, input, plan.where);
  return { ...digest, run: estimateRun({ ...plan, input }), ...(runSeconds !== undefined && { runSeconds }) };
}

/** The same of a run that has come to the end of its plan. */
export async function digestPlannedRun({ run, plan }: PlannedRun, location: string): Promise<PlanDigest> {
  const digest = await digestPlan(readReport(run.id, location, 'plan'), run);
  const totals = addCounters(plan.copy.counters, plan.delete.counters);
  return { ...digest, run: estimateRun({ totals, where: run, input: run.input }) };
}
