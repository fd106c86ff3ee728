import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { estimateRun } from '../../lambdas/engine/cost/estimate-run';
import { renderReportPage } from '../../lambdas/engine/page/report-page';
import { readFailures } from '../../lambdas/engine/report/read-report';
import { Report } from '../../lambdas/engine/report/report';
import { readTallies } from '../../lambdas/engine/report/tally-file';
import { FolderRunStore } from '../../lambdas/host/run-store/folder-run-store';
import {
  CONTRACT_VERSION,
  emptyCounters,
  type ReportLine,
  type Run,
  type RunSummary,
} from '../../statemachine/contract';
import { parseSyncInput } from '../../statemachine/input/parse-sync-input';

export interface PageOptions {
  readonly failures: number;
  readonly dryRun?: boolean;
}

/** A key may have 1,024 bytes, and nowhere to break. */
const LONG = 'x'.repeat(900);
const BEGAN = Date.parse('2026-03-14T02:31:15.000Z');
const FOLDERS = ['assets/', 'media/2025/', 'docs/', '', 'video/'];
const REASONS = ['missing', 'missing', 'missing', 'size', 'etag', 'metadata'];
const COPIES = 931;
const DELETES = 388;
const TOOK_MS = 95_000;

/** Writes a report and its page, as a run would, and returns the path of the page. */
export async function writePage(folder: string, { failures, dryRun = false }: PageOptions): Promise<string> {
  const id = `7f3a9c1e-0000-4000-${dryRun ? 9000 : 8000}-${String(failures).padStart(12, '0')}`;
  const store = new FolderRunStore(folder);
  const phase = dryRun ? 'plan' : 'sync';
  const report = new Report(store, id, `${phase}-copy-0-0-${id}`);
  for (let index = 0; index < COPIES; index++) await report.add(copyLine(index, phase));
  for (let index = 0; index < DELETES; index++) await report.add(deleteLine(index, phase));
  for (let index = 0; index < failures; index++) await report.add(failedLine(index, phase));
  await report.close();

  const run = runOf(id, dryRun);
  const summary = summaryOf(run, failures);
  const page = renderReportPage({
    run,
    summary,
    failures: await readFailures(store, id, 1_000),
    tally: await readTallies(store, id, ''),
    costOfRun: dryRun ? estimateRun({ ...summary, input: { storageClass: 'same' } }) : undefined,
  });
  const path = join(folder, `runs/${id}/report.html`);
  writeFileSync(path, page);
  return path;
}

/** Slow at first, as each run is, and slower again while large objects go. */
function timeOf(share: number): string {
  return new Date(BEGAN + TOOK_MS * share ** 0.7).toISOString();
}

function copyLine(index: number, phase: ReportLine['phase']): ReportLine {
  const folder = FOLDERS[index % FOLDERS.length] ?? '';
  return {
    time: timeOf(index / COPIES),
    phase,
    action: 'copy',
    outcome: phase === 'plan' ? 'planned' : 'done',
    key: `${folder}${folder === 'video/' ? 'launch-film' : 'chunk'}-${index}.0c657b2e.${folder === 'docs/' ? 'html' : 'bin'}`,
    sizeBytes: folder === 'video/' ? 9_000_000 + 40_000 * index : 3_000 + 17 * index,
    eTag: 'e',
    reason: REASONS[index % REASONS.length] ?? 'missing',
  };
}

function deleteLine(index: number, phase: ReportLine['phase']): ReportLine {
  const line = copyLine(index, phase);
  return {
    ...line,
    time: timeOf(index / DELETES),
    action: 'delete',
    key: `assets/old-${index}.11aa.js`,
    reason: 'orphan',
  };
}

/** Two of three may not be decrypted, and the others are archived. */
function failedLine(index: number, phase: ReportLine['phase']): ReportLine {
  const isArchived = index % 3 === 2;
  return {
    ...copyLine(index, phase),
    outcome: 'failed',
    key: isArchived
      ? `archive/2019/a-folder-with-a-rather-long-name/and-another-one-below-it/scan-${index}${index === 2 ? LONG : ''}.tiff`
      : `assets/chunk-${index}.0c657b2e.css`,
    reason: isArchived ? 'archived' : 'access-denied',
    error: isArchived
      ? 'InvalidObjectState: The operation is not valid for the object’s storage class GLACIER (HTTP 403)'
      : 'AccessDenied: User is not authorized to perform: kms:Decrypt on the resource associated with this ciphertext (HTTP 403)',
  };
}

function runOf(id: string, dryRun: boolean): Run {
  return {
    contract: CONTRACT_VERSION,
    id,
    executionId: id,
    startedAt: new Date(BEGAN).toISOString(),
    input: parseSyncInput({ source: 'my-staging', destination: 'my-production', exclude: ['drafts/**'], dryRun }),
    sourceRegion: 'eu-central-1',
    destinationRegion: 'eu-central-1',
    settings: { acls: false, website: false },
  };
}

function summaryOf({ id, input, startedAt }: Run, failed: number): RunSummary {
  const { dryRun } = input;
  const copiedBytes = Array.from({ length: COPIES }, (_, index) => copyLine(index, 'sync').sizeBytes);
  const copy = {
    ...emptyCounters(),
    listed: 4_954 + failed,
    copied: COPIES,
    copiedBytes: copiedBytes.reduce((sum, bytes) => sum + bytes, 0),
    unchanged: 4_017,
    skipped: 6,
    failed,
    requests: { list: 5, head: 12, copy: dryRun ? 0 : COPIES + failed, delete: 0, other: 0 },
  };
  const deletes = { ...emptyCounters(), listed: 4_760, deleted: DELETES, unchanged: 4_372 };
  const phases = [{ name: dryRun ? ('plan' as const) : ('sync' as const), copy, delete: deletes }];
  return {
    runId: id,
    status: failed > 0 ? 'failed' : 'succeeded',
    startedAt,
    input,
    phases,
    totals: { ...copy, deleted: DELETES },
    wrote: !dryRun,
    ...(dryRun && {
      keptPlan: { id, copies: COPIES, restores: 0, deletes: DELETES, sha256: '0'.repeat(64), findings: '' },
    }),
    elapsedMs: TOOK_MS + 3_000,
    estimatedCostUsd: {
      total: 0.0048,
      items: { s3Copy: 0.0047, s3List: 0.00005, s3Head: 0.00001 },
      notIncluded: ['storage', 'restores from archives', 'requests for lock and report'],
    },
    where: { account: '111122223333', sourceRegion: 'eu-central-1', destinationRegion: 'eu-central-1' },
    ...(failed > 0 && {
      error: {
        name: 'SyncIncompleteError',
        message: `${failed} objects could not be copied; all others were`,
        keys: [],
      },
    }),
  };
}
