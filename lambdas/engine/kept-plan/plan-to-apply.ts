import { type AppliedPlan, CONTRACT_VERSION, type RunSummary } from '../../../statemachine/contract';
import { InvalidInputError } from '../../../statemachine/errors';
import type { SettledInput } from '../../../statemachine/input/deployed-settings';
import { parseSyncInput, type SyncInput } from '../../../statemachine/input/sync-input';
import { printable } from '../../../statemachine/printable';
import { type RunStore, runFolder } from '../ports/run-store';
import { readIndex } from './plan-index';

/** What a run that applies a plan needs to know of it. */
export interface PlanToApply {
  readonly settled: SettledInput;
  readonly plan: AppliedPlan;
  /** What the plan has found. */
  readonly found: RunSummary['phases'][number];
}

/** Fields that do not change what was planned. A run that applies a plan may set them. */
const FREE: ReadonlySet<keyof SyncInput> = new Set<keyof SyncInput>([
  ...(['apply', 'dryRun', 'plan', 'verify', 'conditional', 'lock'] as const),
  ...(['maxDeletes', 'maxOverwrites', 'maxCost', 'maxConcurrency', 'requestConcurrency'] as const),
  // the plan has made dates of durations
  ...(['newerThan', 'olderThan'] as const),
]);

/**
 * Finds the plan that a run applies, and checks that it is the plan of this run: of the same buckets and settings, of this version,
 * and as it was kept.
 *
 * @returns undefined if the run applies none
 * @throws InvalidInputError | PlanChangedError
 */
export async function readPlanToApply(settled: SettledInput, store: RunStore): Promise<PlanToApply | undefined> {
  const id = settled.input.apply;
  if (id === undefined) return undefined;
  const summary = await readSummary(id, store);
  const [found] = summary.phases;
  if (!summary.keptPlan || summary.keptPlan.id !== id || summary.wrote || !found) {
    throw refused(id, summary.wrote ? 'that run has already written' : 'that run has kept no plan', store);
  }
  const planned = parseSyncInput(summary.input, () => true);
  refuseOtherSettings(id, settled, { input: planned, ...(summary.deployed && { deployed: summary.deployed }) });
  const index = await readIndex(store, summary.keptPlan);
  if (index.contract !== CONTRACT_VERSION || index.runId !== id) {
    throw refused(
      id,
      `it was made by another version of bucketsync (contract ${index.contract}, not ${CONTRACT_VERSION})`,
      store,
    );
  }
  const { newerThan, olderThan } = planned;
  // each action is done only if both sides are as they were planned
  const input = { ...settled.input, newerThan, olderThan, conditional: true };
  return { settled: { ...settled, input }, plan: { ...summary.keptPlan, exactly: true }, found };
}

async function readSummary(id: string, store: RunStore): Promise<RunSummary> {
  const found = await store.get(`${runFolder(id)}/summary.json`);
  if (!found) throw refused(id, 'there is no summary of such a run', store);
  return JSON.parse(found.body.toString('utf8')) as RunSummary;
}

function refused(id: string, why: string, store: RunStore): InvalidInputError {
  return new InvalidInputError(
    `Expected \`apply\` to be the id of a plan that can be applied, got "${id}": ${why}, in ${store.locate(`${runFolder(id)}/`)}. ` +
      'Make a plan with `dryRun`',
    { field: 'apply' },
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
