import type { FinishRunInput, ReportLine, Run, RunState, RunSummary, SyncInput } from '../../../statemachine/contract';
import { isExecutionArn } from '../../../statemachine/execution-id';
import { settleInput } from '../../../statemachine/input/deployed-settings';
import { mirrorOf } from '../../../statemachine/input/mirror-of';
import { partitionOf, regionOfArn } from '../../../statemachine/partition';
import { printableLine } from '../../../statemachine/printable';
import { nameMirror } from '../../../wording/name-mirror';
import { formatRunMessage } from '../../../wording/run-message';
import type { Host } from '../ports/host';
import { isAws } from '../server/is-aws';
import { type AnnouncedRun, endedEvent, startedEvent } from './run-events';

/** Tells that a run in AWS has begun: it holds its lock, if it needs one. It never fails. */
export async function announceStart({ run }: RunState, host: Host): Promise<void> {
  const { announcer } = host;
  if (!announcer?.events || !isExecutionArn(run.executionId)) return;
  const { events } = announcer;
  await attempt('event', host, () => events.put(startedEvent(describe(run, run.input, host), run.input)));
}

/**
 * Tells how a run in AWS has ended. It never fails.
 *
 * @param failures  some of the objects that failed
 * @returns the summary, with a warning for each that was not sent
 */
export async function announceEnd(
  summary: RunSummary,
  failures: readonly ReportLine[],
  task: FinishRunInput,
  host: Host,
): Promise<RunSummary> {
  const { announcer } = host;
  if (!announcer || !isExecutionArn(task.executionId)) return summary;
  const { messages, events } = announcer;
  const run = describe({ ...task, id: summary.runId }, inputOf(task, host), host);
  // the execution of a run that was held succeeds
  const isTold = messages?.on.includes(summary.status === 'failed' ? 'FAILED' : 'SUCCEEDED');
  const lost = await Promise.all([
    events && attempt('event', host, () => events.put(endedEvent(run, summary))),
    messages &&
      isTold &&
      attempt('message', host, () => messages.publish(messageOf(run, summary, failures, messages.runbook))),
  ]);
  const warnings = lost.filter((warning) => typeof warning === 'string');
  if (warnings.length === 0) return summary;
  const added = warnings.map((message) => ({ name: 'not-announced', message }) as const);
  return { ...summary, warnings: [...(summary.warnings ?? []), ...added] };
}

/** @returns a sentence about what was not sent */
async function attempt(
  what: 'event' | 'message',
  { log }: Pick<Host, 'log'>,
  send: () => Promise<void>,
): Promise<string | undefined> {
  try {
    await send();
    return undefined;
  } catch (error) {
    const { name, message } = error as Error;
    log?.('warn', 'A message or an event was not sent', { what, error: name });
    log?.('debug', 'Why it was not sent', { what, details: message });
    return printableLine(`The ${what} about this run was not sent (${name}: ${message})`);
  }
}

/** The input of a run that was refused is not in the state. */
function inputOf(
  { state, executionInput, startedAt }: FinishRunInput,
  { mirrors, worlds }: Host,
): SyncInput | undefined {
  if ('run' in state) return state.run.input;
  try {
    return settleInput(executionInput, mirrors, startedAt, worlds?.isApart).input;
  } catch {
    return mirrorOf(executionInput, mirrors ?? [])?.input;
  }
}

function describe(
  { id, executionId, startedAt }: Pick<Run, 'id' | 'executionId' | 'startedAt'>,
  input: SyncInput | undefined,
  host: Host,
): AnnouncedRun {
  const mirror = mirrorOf(input, host.mirrors ?? [])?.input ?? input;
  const region = regionOfArn(executionId) ?? '';
  const isInAws = input && isAws('destination', input, host);
  return {
    id,
    executionArn: executionId,
    startedAt,
    input,
    mirror: mirror && nameMirror(mirror),
    destinationArn: isInAws ? `arn:${partitionOf(region)}:s3:::${input.destination}` : undefined,
  };
}

function messageOf(
  { executionArn, mirror }: AnnouncedRun,
  summary: RunSummary,
  failures: readonly ReportLine[],
  runbook: string | undefined,
) {
  const { error } = summary;
  return {
    ...formatRunMessage(summary, { executionArn, mirror, code: mostFrequentCode(failures), runbook }),
    attributes: {
      id: `${summary.runId}/ended`,
      runId: summary.runId,
      status: summary.status.toUpperCase(),
      ...(error && { error: error.name }),
    },
  };
}

/** S3's code, or the kind of failure. */
function mostFrequentCode(failures: readonly ReportLine[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { error = '', reason } of failures) {
    const code = /^([A-Za-z]\w{2,60}):/.exec(error)?.[1] ?? reason;
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  if (!most) return undefined;
  return counts.size > 1 ? `${most[0]} and others` : most[0];
}
