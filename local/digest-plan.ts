import { estimateRun } from '../lambdas/engine/cost/estimate-run';
import { type PlanDigest as Digest, digestPlan } from '../lambdas/engine/report/plan-digest';
import { addCounters, type EstimatedCost, type RunSummary, type SyncInput } from '../statemachine/contract';
import type { PlannedRun } from './confirm-plan';
import { readReport } from './read-report';

export type { Amount } from '../lambdas/engine/report/plan-digest';

/** What a plan's report says, and what the run will cost at least. */
export interface PlanDigest extends Digest {
  readonly run: EstimatedCost;
}

/**
 * @param plan  the summary of a dry run
 * @param location  of its report: `s3://bucket` or `file:///folder`
 * @returns undefined if the plan kept no report
 */
export async function digestPlanOf(plan: RunSummary, location: string): Promise<PlanDigest | undefined> {
  if (plan.report === undefined) return undefined;
  const digest = await digestPlan(readReport(plan.runId, location, 'plan'), (plan.input as Partial<SyncInput>).prefix);
  return { ...digest, run: estimateRun(plan) };
}

/** The same of a run that has come to the end of its plan. */
export async function digestPlannedRun({ run, plan }: PlannedRun, location: string): Promise<PlanDigest> {
  const digest = await digestPlan(readReport(run.id, location, 'plan'), run.input.prefix);
  const totals = addCounters(plan.copy.counters, plan.delete.counters);
  return { ...digest, run: estimateRun({ totals, where: run }) };
}
