import { randomUUID } from 'node:crypto';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findRecord } from '../lambdas/engine/lock/lock-record';
import { LOCKS_FOLDER } from '../lambdas/engine/ports/lock-store';
import { runFolder } from '../lambdas/engine/ports/run-store';
import { isProcessRunning } from '../lambdas/host/process-identity';
import { FolderRunStore } from '../lambdas/host/run-store/folder-run-store';
import type { RunSummary } from '../statemachine/contract';
import { isExecutionArn, runIdOf } from '../statemachine/execution-id';
import { type KnownRun, readRuns } from './find-run';

/** Which reports may go. If both are given, both must hold. */
export interface PruneRule {
  /** So many of the newest runs stay. */
  readonly keep?: number;
  readonly olderThanMs?: number;
}

/** A report that may go. */
export interface Prunable {
  readonly runId: string;
  readonly summary?: RunSummary;
  /** Bytes of its files. */
  readonly bytes: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** A run without a summary may still be running, so its folder stays until nothing was written into it for so long. */
const SURELY_DEAD_MS = 7 * DAY_MS;
/** A plan that nobody has applied yet may be under review. */
const REVIEW_MS = 7 * DAY_MS;

/** @param location  `file:///folder` */
export async function findPrunable(location: string, rule: PruneRule, now = Date.now()): Promise<Prunable[]> {
  const folder = fileURLToPath(location);
  const store = new FolderRunStore(folder);
  const [runs, running] = await Promise.all([readRuns(store), findRunning(store)]);
  const needed = neededPlans(runs, now);
  const ended = runs.filter(({ summary }) => summary !== undefined);
  const going = ended.filter((run, index) => fits(rule, run, index, now) && !needed.has(run.runId));
  const dead = await Promise.all(
    runs
      .filter(({ summary }) => summary === undefined)
      .map(async (run) => ((await isDead(join(folder, runFolder(run.runId)), rule, now)) ? [run] : [])),
  );
  const found = [...going, ...dead.flat()].filter(({ runId }) => !running.has(runId));
  return Promise.all(found.map(async (run) => ({ ...run, bytes: await sizeOf(join(folder, runFolder(run.runId))) })));
}

/** Nobody sees half a report: its folder first gets the name of a draft, which lists leave out. */
export async function removeReport(location: string, runId: string): Promise<void> {
  const path = join(fileURLToPath(location), runFolder(runId));
  const draft = `${path}.${randomUUID()}.draft`;
  await rename(path, draft);
  await rm(draft, { recursive: true });
}

/** @param index  among the runs that have ended, the newest first */
function fits({ keep, olderThanMs }: PruneRule, { summary }: KnownRun, index: number, now: number): boolean {
  const age = now - Date.parse(summary?.startedAt ?? '');
  return (keep === undefined || index >= keep) && (olderThanMs === undefined || age > olderThanMs);
}

/** Plans that wait for somebody to apply them. */
function neededPlans(runs: readonly KnownRun[], now: number): Set<string> {
  const applied = new Set(runs.map(({ summary }) => (summary?.input as { apply?: string } | null)?.apply));
  const waiting = runs.filter(({ runId, summary }) => {
    const { dryRun } = (summary?.input ?? {}) as { dryRun?: boolean };
    const { copies = 0, deletes = 0 } = summary?.keptPlan ?? {};
    const isYoung = now - Date.parse(summary?.startedAt ?? '') < REVIEW_MS;
    return dryRun === true && copies + deletes > 0 && isYoung && !applied.has(runId);
  });
  return new Set(waiting.map(({ runId }) => runId));
}

/** The runs of this machine that hold a lock and whose process lives. */
async function findRunning(store: FolderRunStore): Promise<Set<string>> {
  const records = `${LOCKS_FOLDER}runs/`;
  const names = await store.list(records);
  const found = await Promise.all(
    names.map(async (name) => {
      const record = await findRecord(name.slice(records.length, -'.json'.length), store);
      const isRunning = record && !isExecutionArn(record.executionId) && (await isProcessRunning(record.process));
      return isRunning ? [runIdOf(record.executionId)] : [];
    }),
  );
  return new Set(found.flat());
}

async function isDead(folder: string, { olderThanMs = 0 }: PruneRule, now: number): Promise<boolean> {
  const times = await Promise.all((await filesIn(folder)).map(async (path) => (await stat(path)).mtimeMs));
  return now - Math.max(...times, (await stat(folder)).mtimeMs) > Math.max(SURELY_DEAD_MS, olderThanMs);
}

async function sizeOf(folder: string): Promise<number> {
  const sizes = await Promise.all((await filesIn(folder)).map(async (path) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
