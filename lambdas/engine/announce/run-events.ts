import { countFailed, type RunSummary, type SyncInput } from '../../../statemachine/contract';
import {
  FAILED,
  HELD,
  type RunEventType,
  type RunStarted,
  STARTED,
  SUCCEEDED,
} from '../../../statemachine/events/run-event';
import { printable } from '../../../statemachine/printable';
import { cut } from '../../../wording/cut';
import { parseS3Url } from '../../../wording/s3-url';
import type { RunEvent } from '../ports/announcer';

/** A message may name many keys or permissions, and an event has room for 256 KiB. */
const LONGEST_MESSAGE = 2_000;
const LONGEST_NAME = 128;

const TYPES: Readonly<Record<RunSummary['status'], RunEventType>> = {
  succeeded: SUCCEEDED,
  failed: FAILED,
  held: HELD,
};

/** What an event says of every run. */
export interface AnnouncedRun {
  readonly id: string;
  readonly executionArn: string;
  readonly startedAt: string;
  /** Undefined: the input is wrong, and does not say what it is about. */
  readonly input: SyncInput | undefined;
  /** Where the mirror writes. */
  readonly mirror: string | undefined;
  /** ARN of the destination, if it is on AWS. */
  readonly destinationArn: string | undefined;
}

/** @param input  of the run */
export function startedEvent(run: AnnouncedRun, input: SyncInput): RunEvent {
  return {
    type: STARTED,
    detail: { ...always(run, 'started'), ...asked(run, input) },
    resources: resourcesOf(run),
    time: run.startedAt,
  };
}

export function endedEvent(run: AnnouncedRun, summary: RunSummary): RunEvent {
  const { error } = summary;
  const endedAt = new Date(Date.parse(run.startedAt) + summary.elapsedMs).toISOString();
  const detail = {
    ...always(run, 'ended'),
    ...(run.input && asked(run, run.input)),
    ...resultOf(summary, endedAt),
    ...(error && {
      error: {
        name: cut(printable(error.name), LONGEST_NAME),
        message: cut(printable(error.message), LONGEST_MESSAGE),
      },
    }),
  } as RunEvent['detail'];
  return { type: TYPES[summary.status], detail, resources: resourcesOf(run), time: endedAt };
}

function always({ id, executionArn, startedAt }: AnnouncedRun, moment: 'started' | 'ended') {
  return { schemaVersion: '1', id: `${id}/${moment}`, runId: id, executionArn, startedAt } as const;
}

function asked({ mirror = '' }: AnnouncedRun, input: SyncInput): Omit<RunStarted, keyof ReturnType<typeof always>> {
  const { mode, dryRun, source, prefix, destination, destinationPrefix, undo } = input;
  return {
    mirror,
    mode,
    dryRun,
    source: { bucket: source, prefix },
    destination: { bucket: destination, prefix: destinationPrefix },
    ...(undo !== undefined && { undo }),
  };
}

function resultOf(summary: RunSummary, endedAt: string) {
  const { totals, elapsedMs, wrote, keepsVersions, estimatedCostUsd, warnings = [], report } = summary;
  const { listed, copied, copiedBytes, deleted, unchanged, skipped, deferred = 0, waiting = 0 } = totals;
  const failed = countFailed(summary);
  return {
    endedAt,
    elapsedMs,
    wrote,
    totals: { listed, copied, copiedBytes, deleted, unchanged, skipped, deferred, waiting, failed },
    ...(keepsVersions !== undefined && { undoable: keepsVersions }),
    estimatedCostUsd: estimatedCostUsd.total,
    ...(warnings.length > 0 && { warnings: warnings.map(({ name }) => name) }),
    ...(report?.startsWith('s3:') && { report: { ...parseS3Url(report), url: report } }),
  };
}

function resourcesOf({ executionArn, destinationArn }: AnnouncedRun): string[] {
  const stateMachine = executionArn.replace(':execution:', ':stateMachine:').split(':').slice(0, 7).join(':');
  return [stateMachine, executionArn, ...(destinationArn === undefined ? [] : [destinationArn])];
}
