import { estimateRun } from '../lambdas/engine/cost/estimate-run';
import { type PlanDigest as Digest, digestPlan } from '../lambdas/engine/report/plan-digest';
import type { EstimatedCost, RunSummary } from '../statemachine/contract';
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
  const digest = await digestPlan(readReport(plan.runId, location, 'plan'));
  return { ...digest, run: estimateRun(plan) };
}
