import * as z from 'zod';
import type { KeptPlan, RunSummary } from '../../../statemachine/contract';
import type { RunStore } from '../ports/run-store';
import { findSummary } from '../report/find-summary';
import { sumOfFindings } from './findings';
import { OTHER_NUMBERS, refusedPlan } from './refused-plan';

/** What the summary of a run that has kept a plan says of it. */
export interface PlanSummary extends Pick<RunSummary, 'startedAt' | 'input' | 'deployed'> {
  readonly plan: KeptPlan;
  /** What the plan has found. */
  readonly found: RunSummary['phases'][number];
}

const count = z.int().min(0);

const counters = z.looseObject({
  ...{ listed: count, copied: count, copiedBytes: count, deleted: count },
  ...{ unchanged: count, skipped: count, failed: count },
  overwritten: count.optional(),
  requests: z.looseObject({ list: count, head: count, copy: count, delete: count, other: count }),
});

const summarySchema = z.looseObject({
  startedAt: z.iso.datetime(),
  wrote: z.boolean(),
  deployed: z.looseObject({}).optional(),
  phases: z.array(z.looseObject({ copy: counters, delete: counters })),
  keptPlan: z
    .looseObject({
      ...{ id: z.string(), sha256: z.string(), findings: z.string().default('') },
      ...{ copies: count, restores: count, deletes: count },
    })
    .optional(),
});

/**
 * Reads what a plan's run has found. Guards judge by these numbers, so they must be those of the plan.
 *
 * @param start  the run's id, or its beginning
 * @throws InvalidInputError  the run has kept no plan that can be applied
 */
export async function readPlanSummary(start: string, store: RunStore): Promise<PlanSummary> {
  const file = await findSummary(start, store, 'apply');
  if (!file) throw refusedPlan(start, 'there is no summary of such a run', store);
  const { id } = file;
  const summary = parse(file.text);
  if (!summary) throw refusedPlan(id, 'bucketsync did not write its summary.json', store);
  const { keptPlan: plan, wrote, phases } = summary;
  if (wrote) throw refusedPlan(id, 'that run has already written', store);
  const [found] = phases;
  if (!found || plan?.id !== id) throw refusedPlan(id, 'that run has kept no plan', store);
  if (found.delete.deleted !== plan.deletes || sumOfFindings(summary, plan) !== plan.findings) {
    throw refusedPlan(id, OTHER_NUMBERS, store);
  }
  const { findings: _, ...kept } = plan;
  return { ...summary, plan: kept, found };
}

function parse(text: string): RunSummary | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return summarySchema.safeParse(value).success ? (value as RunSummary) : undefined;
  } catch {
    return undefined;
  }
}
