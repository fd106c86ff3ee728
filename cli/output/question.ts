import { styleText } from 'node:util';
import type { PlannedRun } from '../../local/confirm-plan';
import type { PlanDigest } from '../../local/digest-plan';
import { formatCount, formatObjects } from '../../wording/numbers';
import { formatS3Url } from '../../wording/s3-url';
import { describeCost, renderPlan } from './plan';

/** What a run is about to do, for the terminal on stderr, and the question whether it shall. */
export function renderQuestion({ run, plan }: PlannedRun, digest: PlanDigest | undefined): string {
  const { input } = run;
  const { overwritten = 0 } = plan.copy.counters;
  const { deleted } = plan.delete.counters;
  const acts = [
    overwritten > 0 && `overwrite ${formatObjects(overwritten)}`,
    deleted > 0 && `delete ${overwritten > 0 ? formatCount(deleted) : formatObjects(deleted)}`,
  ];
  const place = formatS3Url(input.destination, input.destinationPrefix);
  const question = `The run will ${acts.filter(Boolean).join(' and ')} in ${place}.\nContinue? [y/N] `;
  return digest ? `\n${showPlan(plan, digest)}\n\n${question}` : question;
}

function showPlan({ name, copy, delete: deletes }: PlannedRun['plan'], digest: PlanDigest): string {
  const stream = process.stderr;
  const phases = [{ name, copy: copy.counters, delete: deletes.counters }];
  const [price] = describeCost(digest);
  return `${renderPlan({ phases }, digest, stream)}\n\n  ${styleText('dim', 'Run costs', { stream })} ${price}`;
}
