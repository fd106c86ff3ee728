import type { ReportLine } from '../../../statemachine/contract';
import type { RunStore } from '../ports/run-store';
import { listParts, type ReportPart, readPart } from './report-parts';

/**
 * Which lines of a report somebody wants to see.
 *
 * | view | lines |
 * | --- | --- |
 * | `actions` | what was done |
 * | `plan` | what a plan would do: a dry run, or the plan phase of a run |
 * | `differences` | what a verify phase found to differ |
 * | `failures` | what failed; of a run with other phases, without the failures of its plan |
 */
const REPORT_VIEWS = ['actions', 'plan', 'differences', 'failures'] as const;
export type ReportView = (typeof REPORT_VIEWS)[number];

const OUTCOMES = {
  actions: 'done',
  plan: 'planned',
  differences: 'differs',
  failures: 'failed',
} as const satisfies Record<ReportView, ReportLine['outcome']>;

/**
 * The lines of a report, part by part and in no order. Each action is one line, even if several attempts report it.
 *
 * A range is tried again if an attempt was lost, and Step Functions may deliver a Task twice. So several attempts may report the
 * same key, or a lost attempt and a later round.
 */
export async function* readLines(store: RunStore, runId: string, view: ReportView): AsyncGenerator<ReportLine[]> {
  const { actions, failures, all } = await listReport(store, runId);
  const isRepeated = findRepeated(all);
  const shown = (view === 'failures' ? failures : actions).filter(belongsTo(view, all));
  const repeated = shown.filter(isRepeated);
  const overcome = view === 'failures' ? await findOvercome(store, repeated, actions) : new Set();
  const seen = new Set<string>();
  for (const part of [...repeated, ...shown.filter((part) => !isRepeated(part))]) {
    const lines = (await readPart(store, part)).filter((line) => {
      const name = `${part.loop} ${line.action} ${line.key}`;
      if (line.outcome !== OUTCOMES[view] || seen.has(name) || overcome.has(`${part.loop} ${line.key}`)) return false;
      // only keys of a repeated range can come twice
      if (isRepeated(part)) seen.add(name);
      return true;
    });
    if (lines.length > 0) yield lines;
  }
}

/** The parts that say what failed in the end: the phases after a plan decide again about objects that the plan could not decide. */
export async function listFailures(store: RunStore, runId: string): Promise<ReportPart[]> {
  const { failures, all } = await listReport(store, runId);
  return failures.filter(belongsTo('failures', all));
}

/** The first failures that a run has reported, at most `limit`. */
export async function readFailures(store: RunStore, runId: string, limit: number): Promise<ReportLine[]> {
  const failures: ReportLine[] = [];
  for await (const lines of readLines(store, runId, 'failures')) {
    failures.push(...lines);
    if (failures.length >= limit) break;
  }
  return failures.slice(0, limit);
}

/** The phases after a plan decide about all keys again. So failures are taken from these phases and not from the plan. */
async function listReport(store: RunStore, runId: string) {
  const [actions, failures] = await Promise.all([
    listParts(store, runId, 'actions'),
    listParts(store, runId, 'failures'),
  ]);
  return { actions, failures, all: [...actions, ...failures] };
}

function belongsTo(view: ReportView, all: readonly ReportPart[]): (part: ReportPart) => boolean {
  if (view !== 'failures' || all.every(({ phase }) => phase === 'plan')) return () => true;
  return ({ phase }) => phase !== 'plan';
}

/** Whether more than one attempt has reported about the range of a part. */
function findRepeated(parts: readonly ReportPart[]): (part: ReportPart) => boolean {
  const invocations = new Map<string, Set<string>>();
  for (const { range, invocation } of parts) {
    invocations.set(range, (invocations.get(range) ?? new Set()).add(invocation));
  }
  return ({ range }) => (invocations.get(range)?.size ?? 0) > 1;
}

/** Keys that failed in one attempt and were done by another attempt or a later round. Most reports have none. */
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
