import type { RunSummary } from '../../statemachine/contract';
import { isExecutionArn } from '../../statemachine/execution-id';
import type { CommandAbout } from '../../wording/next-steps';
import type { EnvironmentOptions } from '../input/run-environment';
import { typedPlaces } from '../input/typed-command';
import { shortId } from '../output/short-id';
import type { SummaryDetails } from '../output/summary';
import { readFailures } from './read-failures';

/**
 * What a summary on the screen shows beyond the summary: why objects failed, and what to type next.
 *
 * @param location  of the run's report: `s3://bucket`, `file:///folder` or `NOWHERE`
 * @param named  as the user has named the run
 */
export async function detailsOf(
  summary: RunSummary,
  location: string,
  options: EnvironmentOptions & { readonly verbose?: boolean },
  named?: string,
): Promise<SummaryDetails> {
  const failures = await readFailures(summary, location);
  return {
    ...(failures && { failures }),
    verbose: options.verbose === true,
    about: commandAbout(summary, options, named),
  };
}

/** Commands about a run, with the places that were typed. `report` needs only those of the report. */
export function commandAbout({ runId }: RunSummary, options: EnvironmentOptions, named?: string): CommandAbout {
  const name = named !== undefined && isExecutionArn(named) ? named : shortId(runId);
  return (verb, ...more) => {
    const places = typedPlaces(options, verb === 'report' ? [] : ['source', 'destination']);
    return ['bucketsync', verb, name, ...more, ...places].join(' ');
  };
}
