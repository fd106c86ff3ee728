import type { ReportLine } from '../../../statemachine/contract';
import type { RunStore } from '../ports/run-store';
import { listParts, type ReportPart, readPart } from './report-parts';

/**
 * What somebody wants to see of a report.
 *
 * | view | lines |
 * | --- | --- |
 * | `actions` | what was done |
 * | `plan` | what a plan would do: of a dry run, or of the plan before a run |
 * | `differences` | what a verify phase found to differ |
 * | `failures` | what failed; not what only the plan before a run could not decide |
 */
export const REPORT_VIEWS = ['actions', 'plan', 'differences', 'failures'] as const;
export type ReportView = (typeof REPORT_VIEWS)[number];

const OUTCOMES = {
  actions: 'done',
  plan: 'planned',
  differences: 'differs',
  failures: 'failed',
} as const satisfies Record<ReportView, ReportLine['outcome']>;

/**
 * The lines of a report, a part at a time and in no order; what was done once is one line.
 *
 * A range is tried again if an attempt at it was lost, and Step Functions may deliver a Task twice. Then a key may stand
 * in the report of several attempts, or in that of an attempt that was lost and in a later round's.
 */
export async function* readLines(store: RunStore, runId: string, view: ReportView): AsyncGenerator<ReportLine[]> {
  const [actions, failures] = await Promise.all([
    listParts(store, runId, 'actions'),
    listParts(store, runId, 'failures'),
  ]);
  const all = [...actions, ...failures];
  const isRepeated = findRepeated(all);
  const shown = (view === 'failures' ? failures : actions).filter(belongsTo(view, all));
  const repeated = shown.filter(isRepeated);
  const overcome = view === 'failures' ? await findOvercome(store, repeated, actions) : new Set();
  const seen = new Set<string>();
  for (const part of [...repeated, ...shown.filter((part) => !isRepeated(part))]) {
    const lines = (await readPart(store, part)).filter((line) => {
      const name = `${part.loop} ${line.action} ${line.key}`;
      if (line.outcome !== OUTCOMES[view] || seen.has(name) || overcome.has(`${part.loop} ${line.key}`)) return false;
      // only keys of a repeated range can come again
      if (isRepeated(part)) seen.add(name);
      return true;
    });
    if (lines.length > 0) yield lines;
  }
}

/** The first failures that a run reported, at most `limit`. */
export async function readFailures(store: RunStore, runId: string, limit: number): Promise<ReportLine[]> {
  const failures: ReportLine[] = [];
  for await (const lines of readLines(store, runId, 'failures')) {
    failures.push(...lines);
    if (failures.length >= limit) break;
  }
  return failures.slice(0, limit);
}

/** The phases after a plan decide all keys again, so they, and not the plan, say what failed. */
function belongsTo(view: ReportView, all: readonly ReportPart[]): (part: ReportPart) => boolean {
  if (view !== 'failures' || all.every(({ phase }) => phase === 'plan')) return () => true;
  return ({ phase }) => phase !== 'plan';
}

/** Ranges that more than one attempt has reported of. */
function findRepeated(parts: readonly ReportPart[]): (part: ReportPart) => boolean {
  const invocations = new Map<string, Set<string>>();
  for (const { range, invocation } of parts) {
    invocations.set(range, (invocations.get(range) ?? new Set()).add(invocation));
  }
  return ({ range }) => (invocations.get(range)?.size ?? 0) > 1;
}

/** Of what failed in an attempt, what another one, or a later round, has done. Most reports have nothing to look for. */
async function findOvercome(
  store: RunStore,
  failed: readonly ReportPart[],
  actions: readonly ReportPart[],
): Promise<Set<string>> {
  const wanted = new Set<string>();
  for (const part of failed) {
    for (const { key } of await readPart(store, part)) wanted.add(`${part.loop} ${key}`);
  }
  const found = new Set<string>();
  const loops = new Set(failed.map(({ loop }) => loop));
  for (const part of actions.filter(({ loop }) => loops.has(loop))) {
    for (const { key } of await readPart(store, part)) {
      if (wanted.has(`${part.loop} ${key}`)) found.add(`${part.loop} ${key}`);
    }
  }
  return found;
}
