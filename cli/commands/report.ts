import type { ReportView } from '../../local/read-report';
import { ENVIRONMENT, type ReportLine, type RunSummary } from '../../statemachine/contract';
import { InvalidInputError } from '../../statemachine/errors';
import { isExecutionArn } from '../../statemachine/execution-id';
import { regionOfArn } from '../../statemachine/partition';
import { formatS3Url } from '../../wording/s3-url';
import { readEndedRun } from '../deployed/ended-run';
import { type Execution, findByArn } from '../deployed/executions';
import { type ElsewhereOptions, findNamedRun, isNamed } from '../deployed/named-run';
import { adoptEnvironment, type EnvironmentOptions, runEnvironment } from '../input/run-environment';
import { print, printAll, printJson } from '../output/output';
import { renderSummary } from '../output/summary';
import { detailsOf } from './details';

interface ReportOptions extends EnvironmentOptions, Pick<ElsewhereOptions, 'stack' | 'stateMachine'> {
  readonly lines?: ReportView;
  readonly json?: boolean;
}

/** A run that has ended, and the location of its report: `s3://bucket` or `file:///folder`. */
interface EndedRun {
  readonly summary: RunSummary;
  readonly location: string;
}

/** `bucketsync report`: what a run has done, here or in AWS. @returns the exit code */
export async function reportCommand(run: string, options: ReportOptions): Promise<number> {
  // the report bucket is in the region of its stack
  const region = options.region ?? (isExecutionArn(run) ? regionOfArn(run) : undefined);
  const env = await runEnvironment(process.env, { ...options, region });
  adoptEnvironment(env);
  const ended = await findEnded(run, options, env[ENVIRONMENT.reportLocation] ?? '');
  if (options.lines) await printAll(linesOf(ended, options.lines));
  else if (options.json) printJson(ended.summary);
  else
    print(renderSummary(ended.summary, process.stdout, await detailsOf(ended.summary, ended.location, options, run)));
  return 0;
}

/** An id is looked for on this machine first, unless somebody names a stack. */
async function findEnded(run: string, options: ReportOptions, location: string): Promise<EndedRun> {
  if (isExecutionArn(run)) return readInAws(await findByArn(run, options));
  const { readSummary } = await import('../../local/read-report');
  const summary = isNamed(options) ? undefined : await readSummary(run, location);
  if (summary) return { summary, location };
  const execution = await findNamedRun(run, options);
  if (execution) return readInAws(execution);
  throw new InvalidInputError(
    `Expected the id of a run that has ended, got "${run}": there is no summary of it in ${location}/runs. ` +
      'For a run in AWS, name its stack with --stack, or use the ARN of its execution',
  );
}

async function readInAws(execution: Execution): Promise<EndedRun> {
  const summary = await readEndedRun(execution);
  if (!summary)
    throw new InvalidInputError(
      `Expected a run that has ended, got ${execution.arn}: use \`bucketsync watch\` to follow it`,
    );
  const { report = '' } = summary;
  return { summary, location: URL.canParse(report) ? formatS3Url(new URL(report).host) : '' };
}

/** Without lines if the run did not begin, or wrote no summary. */
async function* readLines({ summary, location }: EndedRun, view: ReportView): AsyncGenerator<ReportLine[]> {
  if (summary.report === undefined) return;
  const { readReport } = await import('../../local/read-report');
  yield* readReport(summary.runId, location, view);
}

/** A dry run has done nothing, so its plan is shown. */
function viewOf({ summary: { input } }: EndedRun, view: ReportView): ReportView {
  return view === 'actions' && (input as { dryRun?: unknown } | null)?.dryRun === true ? 'plan' : view;
}

async function* linesOf(run: EndedRun, view: ReportView): AsyncGenerator<string> {
  for await (const lines of readLines(run, viewOf(run, view)))
    yield lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
