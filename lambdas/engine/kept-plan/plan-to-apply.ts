import type { AppliedPlan, RunSummary } from '../../../statemachine/contract';
import { InvalidInputError, PlanChangedError } from '../../../statemachine/errors';
import type { SettledInput } from '../../../statemachine/input/deployed-settings';
import { parseSyncInput } from '../../../statemachine/input/parse-sync-input';
import type { SyncInput } from '../../../statemachine/input/sync-input';
import { printable } from '../../../statemachine/printable';
import { listAll, type RunStore, runFolder } from '../ports/run-store';
import { type PlanIndex, planFolder, sumOf } from './plan-index';
import { readIndex } from './read-index';
import { readPlanSummary } from './read-plan-summary';
import { OTHER_NUMBERS, refusedPlan } from './refused-plan';

/** What a run that applies a plan needs to know of it. */
export interface PlanToApply {
  readonly settled: SettledInput;
  readonly plan: AppliedPlan;
  /** What the plan has found. */
  readonly found: RunSummary['phases'][number];
}

/** Fields that do not change what was planned. A run that applies a plan may set them. */
const FREE: ReadonlySet<keyof SyncInput> = new Set<keyof SyncInput>([
  ...(['apply', 'dryRun', 'plan', 'strict', 'verify', 'conditional', 'lock', 'invalidate'] as const),
  ...(['maxDeletes', 'maxOverwrites', 'maxCost', 'maxConcurrency', 'requestConcurrency'] as const),
]);

/**
 * Finds the plan that a run applies, and checks that it is the plan of this run: of the same buckets and settings, of this version,
 * and as it was kept.
 *
 * @param start  the plan's id, or its beginning; undefined: the run applies none
 * @param settleAt  the settings of this run, had it begun at another time. So durations become the dates that the plan made of them
 * @throws InvalidInputError | PlanChangedError
 */
export async function readPlanToApply(
  start: string | undefined,
  settleAt: (startedAt: string) => SettledInput,
  store: RunStore,
): Promise<PlanToApply | undefined> {
  if (start === undefined) return undefined;
  const { startedAt, input, deployed, plan, found } = await readPlanSummary(start, store);
  const { id } = plan;
  const settled = settleAt(startedAt);
  refuseOtherSettings(id, settled, { input: parseSyncInput(input, () => true), ...(deployed && { deployed }) });
  const index = await readIndex(store, plan);
  refuseOtherNumbers(index, found, store);
  await refuseLostParts(index, store);
  // each action is done only if both sides are as they were planned
  return {
    settled: { ...settled, input: { ...settled.input, apply: id, conditional: true } },
    plan: { ...plan, exactly: true },
    found,
  };
}

/** Guards judge by what the plan has found, so that must not be less than what its parts do. @throws InvalidInputError */
function refuseOtherNumbers({ runId, parts }: PlanIndex, { copy }: PlanToApply['found'], store: RunStore): void {
  const { copied, copiedBytes, overwritten } = sumOf(parts);
  const isTold = copy.copied >= copied && copy.copiedBytes >= copiedBytes && (copy.overwritten ?? 0) >= overwritten;
  if (!isTold) throw refusedPlan(runId, OTHER_NUMBERS, store);
}

/** A lifecycle rule may have deleted parts of an old plan. Then nothing of it is done. @throws PlanChangedError */
async function refuseLostParts({ runId, parts }: PlanIndex, store: RunStore): Promise<void> {
  const names = new Set(parts.length === 0 ? [] : await listAll(store, `${planFolder(runId)}/parts/`));
  const lost = parts.map(({ name }) => `${runFolder(runId)}/${name}`).find((name) => !names.has(name));
  if (lost === undefined) return;
  throw new PlanChangedError(
    `Expected ${store.locate(lost)}, a part of the plan ${runId}, but somebody has removed it. Nothing of the plan is applied: make the plan again`,
  );
}

/** @throws InvalidInputError  names the first field that is not as it was planned */
function refuseOtherSettings(id: string, settled: SettledInput, planned: SettledInput): void {
  const fields = Object.keys({ ...planned.input, ...settled.input }) as (keyof SyncInput)[];
  for (const field of fields.filter((name) => !FREE.has(name))) {
    const [asked, was] = [settled.input[field], planned.input[field]].map((value) => JSON.stringify(value));
    if (asked === was) continue;
    const [wanted, got] = [was ?? 'left out', asked ?? 'nothing'].map((text) => printable(text));
    throw new InvalidInputError(
      `Expected \`${field}\` to be ${wanted}, as in the plan ${id}, got ${got}. Apply the plan with the settings that it was made with, ` +
        'or make a plan with the new ones',
      { field },
    );
  }
  const rules = [settled, planned].map(({ deployed }) => rulesOf(deployed));
  if (rules[0] === rules[1]) return;
  throw new InvalidInputError(
    `Expected the deployed settings to be those of the plan ${id}, but they have changed since. Make a plan with the new ones`,
    { field: 'apply' },
  );
}

function rulesOf({ folder, include, exclude }: NonNullable<SettledInput['deployed']> = NOTHING_DEPLOYED): string {
  return JSON.stringify([folder, include, exclude]);
}

const NOTHING_DEPLOYED = { folder: '', include: [], exclude: [] };
