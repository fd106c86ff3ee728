import {
  addCounters,
  allowedOverwrites,
  type EndedLoop,
  type EstimatedCost,
  type Phase,
  type Run,
} from '../../../statemachine/contract';
import {
  type BucketsyncError,
  CostGuardError,
  OverwriteGuardError,
  SourceEmptyError,
} from '../../../statemachine/errors';
import { isExecutionArn } from '../../../statemachine/execution-id';
import { isAboutSomeKeys } from '../../../statemachine/some-keys';
import { formatCost, formatUsd } from '../../../wording/numbers';
import { formatS3Url } from '../../../wording/s3-url';
import { estimateRun } from '../cost/estimate-run';
import type { SidesOfRun } from '../ports/worlds';
import { tooManyDeletes } from './delete-guard';
import { count, describeLimit, howToAllow } from './words';

type Loops = { readonly copy: EndedLoop; readonly delete: EndedLoop };

/** What decides the cost of a plan beside its counters. */
export interface Circumstances {
  /** Where the two sides are, if they may be in different places. */
  readonly sides: SidesOfRun | undefined;
  /** How many paths the run would invalidate at CloudFront. */
  readonly paths?: number | undefined;
}

/** The error of the first guard that refuses what a phase does, or would do. If a plan is refused, nothing has been written. */
export function refuse(
  phase: Phase,
  run: Run,
  loops: Loops,
  circumstances: Circumstances,
): BucketsyncError | undefined {
  if (phase.name !== 'plan' || !phase.copy) return tooManyDeletes(phase, run, loops);
  return (
    nothingTakesPart(run, loops) ??
    tooManyDeletes(phase, run, loops) ??
    tooManyOverwrites(run, loops) ??
    tooExpensive(run, loops, circumstances)
  );
}

/** Rejects a source of which no object takes part. A plan has listed both sides, so it knows what `ValidateInput` could not know. */
function nothingTakesPart({ input }: Run, loops: Loops): SourceEmptyError | undefined {
  if (input.allowEmptySource || isAboutSomeKeys(input)) return undefined;
  const { deleted } = loops.delete.counters;
  if (loops.copy.content !== undefined || deleted === 0) return undefined;
  return new SourceEmptyError(
    `Of the ${count(loops.copy.counters.listed, 'object')} in ${formatS3Url(input.source, input.prefix)} none takes part: the filters ` +
      'leave them out, or they are only folder markers. The mirror would delete ' +
      `${count(deleted, 'object')} at the destination. If that is what you want, set \`allowEmptySource\` to true`,
  );
}

function tooManyOverwrites({ input, deployed }: Run, loops: Loops): OverwriteGuardError | undefined {
  const planned = { copy: loops.copy.counters, delete: loops.delete.counters };
  const limits = [input.maxOverwrites, deployed?.maxOverwrites].filter((limit) => limit !== undefined);
  const limit = Math.min(...limits.map((given) => allowedOverwrites(given, planned, input.delete)));
  const { overwritten = 0 } = planned.copy;
  if (overwritten <= limit) return undefined;
  return new OverwriteGuardError(
    `The run would overwrite ${count(overwritten, 'object')} of the destination, and \`maxOverwrites\` allows ` +
      `${describeLimit(limits, limit)}. Nothing was written. Check the source; if it is right, allow more with ` +
      howToAllow('maxOverwrites', overwritten),
  );
}

function tooExpensive(run: Run, loops: Loops, { sides, paths = 0 }: Circumstances): CostGuardError | undefined {
  const { maxCost } = run.input;
  if (maxCost === undefined) return undefined;
  const cost = estimateRun({
    totals: addCounters(loops.copy.counters, loops.delete.counters),
    where: run,
    input: run.input,
    streams: { sides, isDeployed: isExecutionArn(run.executionId) },
    invalidation: { paths },
  });
  if (cost.total <= maxCost) return undefined;
  return new CostGuardError(
    `The run would cost at least ${describeCost(cost)} at list prices, and \`maxCost\` allows ` +
      `${formatUsd(maxCost)}. Nothing was written.${describePaths(paths)} If that is right, allow it with ` +
      howToAllow('maxCost', cost.total),
  );
}

function describePaths(paths: number): string {
  if (paths === 0) return '';
  return ` It would invalidate up to ${count(paths, 'path')} at CloudFront; all count, although the first 1,000 of an account in a month are free.`;
}

function describeCost(cost: EstimatedCost): string {
  const text = formatCost(cost);
  return text.startsWith('about ') ? text.slice('about '.length) : formatUsd(cost.total);
}
