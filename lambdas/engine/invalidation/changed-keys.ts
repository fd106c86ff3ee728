import type { Phase, ReportLine, Run } from '../../../statemachine/contract';
import type { PlannedAction } from '../kept-plan/planned-action';
import { readIndex } from '../kept-plan/read-index';
import { readPart as readPlanPart } from '../kept-plan/read-part';
import type { RunStore } from '../ports/run-store';
import type { StoreErrorReason } from '../ports/store-error';
import { isLeftAlone } from '../report/left-alone';
import { listParts, readPart } from '../report/report-parts';

/** Reasons of failures for which nothing can have been written. With any other reason, only the answer may have been lost. */
const WRITTEN_BY_NONE: ReadonlySet<string> = new Set<StoreErrorReason>([
  ...(['gone', 'archived', 'access-denied', 'key-unusable', 'guarded', 'listing-incomplete'] as const),
]);

/** Which of a run's keys to read. */
export interface WantedKeys {
  /** The report of these phases. */
  readonly phases: ReadonlySet<Phase['name']>;
  readonly outcome: 'done' | 'planned';
  /** Whether to include keys that the destination did not have before. */
  readonly newKeys: boolean;
  /** Of the report. Absent: all. */
  readonly only?: ((change: KeyToChange) => boolean) | undefined;
  /** Something was written of which neither a report nor a plan tells. */
  readonly isUnknown?: boolean;
  /** Of a kept plan, beside the report. Absent: the report has all. */
  readonly fromPlan?: ((action: KeyToChange) => boolean) | undefined;
}

/** A key of which a run says that it changes, or would change. */
export interface KeyToChange extends Pick<ReportLine, 'key' | 'reason'> {
  readonly action: 'copy' | 'delete';
}

/**
 * The relative keys that a run has changed, some at a time. A key may come twice.
 *
 * An object may fail although it was copied or deleted, so a failure counts unless it is known that nothing was written. The report of
 * an attempt that was killed may be lost; then the plan says what it may have changed.
 *
 * @returns also how many lines were read for them
 */
export async function* changedKeys(run: Run, wanted: WantedKeys, store: RunStore): AsyncGenerator<ChangedKeys> {
  for (const folder of ['actions', 'failures'] as const) {
    if (folder === 'failures' && wanted.outcome === 'planned') break;
    for (const part of await listParts(store, run.id, folder)) {
      if (!wanted.phases.has(part.phase)) continue;
      const lines = await readPart(store, part);
      const changed = lines.filter((line) => line.outcome === wanted.outcome || mayHaveWritten(line));
      yield { keys: keysOf(changed, wanted), read: lines.length };
    }
  }
  const { fromPlan } = wanted;
  if (!run.plan || !fromPlan) return;
  for (const part of (await readIndex(store, run.plan)).parts) {
    const actions = (await readPlanPart(store, run.plan.id, part)).actions.map(withDecision);
    const changed = actions.filter((action) => isChange(action) && fromPlan(action));
    yield { keys: keysOf(changed, wanted), read: actions.length };
  }
}

interface ChangedKeys {
  readonly keys: readonly string[];
  readonly read: number;
}

function mayHaveWritten({ outcome, versionId, reason }: ReportLine): boolean {
  return versionId !== undefined || (outcome === 'failed' && !WRITTEN_BY_NONE.has(reason) && !isLeftAlone(reason));
}

type Line = Pick<ReportLine, 'key' | 'reason'> & { readonly action: string };

function keysOf(lines: readonly Line[], { newKeys, only = () => true }: WantedKeys): string[] {
  const isOld = ({ action, reason }: Line) => action === 'delete' || newKeys || reason !== 'missing';
  return lines.filter((line) => isChange(line) && isOld(line) && only(line)).map(({ key }) => key);
}

/** What the plan could not decide may have become a copy. */
function withDecision({ action, key, reason }: PlannedAction): Line {
  return { action: action === 'decide' ? 'copy' : action, key, reason };
}

function isChange<Action extends Line>(line: Action): line is Action & KeyToChange {
  return line.action === 'copy' || line.action === 'delete';
}
