import type { Run, RunSummary } from '../../../statemachine/contract';
import { isExecutionArn } from '../../../statemachine/execution-id';
import { deletesToAllow } from '../../../wording/deletes-to-allow';
import { mayBeRetried } from '../../../wording/may-be-retried';

/** A command to type, and what it is for. */
export interface NextCommand {
  readonly purpose: string;
  readonly command: string;
}

/** What to type after a run, the likeliest first. @param failed  how many objects failed */
export function nextCommands(run: Run, summary: RunSummary, failed: number): NextCommand[] {
  const id = isExecutionArn(run.executionId) ? run.executionId : run.id;
  // the command line looks for reports in its own folder if nothing else is said
  const place = /^s3:\/\/[^/]+/.exec(summary.report ?? '')?.[0];
  const more = place && id === run.id ? ` --report-location ${place}` : '';
  const command = (verb: string, options = '') => `bucketsync ${verb} ${id}${options}${more}`;
  const { keptPlan, error } = summary;
  const failures = {
    purpose: 'Shows each object that failed, and why',
    command: command('report', ' --lines failures'),
  };
  if (mayBeRetried(summary))
    return [{ purpose: 'When the reasons are gone: repeats only what failed', command: command('retry') }, failures];
  if (error && failed > 0) return [failures];
  if (error) return [{ purpose: 'Shows what happened', command: command('report') }];
  const changes = { purpose: 'Shows every object', command: command('report', ' --lines actions') };
  if (run.input.dryRun && keptPlan && keptPlan.copies + keptPlan.deletes > 0)
    return [{ purpose: 'Does exactly what this plan says', command: command('apply', limitOf(summary)) }, changes];
  return [changes];
}

/** Without it, a run refuses to delete most of a destination. */
function limitOf(summary: RunSummary): string {
  const deletes = deletesToAllow(summary);
  return deletes === undefined ? '' : ` --max-deletes ${deletes}`;
}
