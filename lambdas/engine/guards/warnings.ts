import type { Counters, Phase, Run, RunWarning } from '../../../statemachine/contract';
import { StrictError } from '../../../statemachine/errors';
import { isAboutSomeKeys } from '../../../statemachine/some-keys';
import { formatCount } from '../../../wording/numbers';
import { formatS3Url } from '../../../wording/s3-url';
import { unmatchedGlobs, type WatchedGlob } from '../keys/glob-watch';

/** A phase that has looked at the source. */
interface LookedAt {
  readonly name: Phase['name'];
  readonly copy: Counters;
}

const MOST_NAMED = 5;

/**
 * Warns of input that is probably a mistake, although nothing failed: a folder without objects, filters that leave everything out, and
 * globs that match no key. A run about keys that somebody named, or about a reviewed plan, has looked at too little to tell.
 *
 * @param phases  those that have ended
 */
export function findWarnings(
  run: Pick<Run, 'input' | 'deployed' | 'matched'>,
  phases: readonly LookedAt[],
): RunWarning[] {
  const { input, matched = 0 } = run;
  if (isAboutSomeKeys(input) || input.apply !== undefined) return [];
  const looked = phases.filter(({ name, copy }) => name !== 'verify' && copy.listed + copy.requests.list > 0);
  const whole = looked[0]?.name === 'plan' ? looked.slice(0, 1) : looked;
  if (whole.length === 0) return [];
  const place = formatS3Url(input.source, input.prefix);
  const listed = Math.max(...whole.map(({ copy }) => copy.listed));
  if (listed === 0) return [{ name: 'nothing-listed', message: `${place} has no objects` }];
  const isAllLeftOut = whole.every(({ copy }) => copy.skipped - (copy.waiting ?? 0) === copy.listed);
  return [
    ...(isAllLeftOut ? [{ name: 'all-left-out', message: describeAll(listed, place) } as const] : []),
    ...describeUnmatched(unmatchedGlobs(run, matched)),
  ];
}

/** With `strict`, a warning ends the run: after its plan, before the first write, or if it has no plan at its end. */
export function refuseWarnings(
  phase: Phase,
  run: Pick<Run, 'input' | 'deployed' | 'matched'>,
  phases: readonly LookedAt[],
  isLast: boolean,
): StrictError | undefined {
  const isJudged = (phase.name === 'plan' && phase.copy) || isLast;
  const warnings = run.input.strict && isJudged ? findWarnings(run, phases) : [];
  if (warnings.length === 0) return undefined;
  return new StrictError(`${warnings.map(({ message }) => message).join('. ')}. With \`strict\` that is an error`);
}

function describeAll(listed: number, place: string): string {
  const objects = listed === 1 ? 'The only object' : `All ${formatCount(listed)} objects`;
  return `${objects} of ${place} ${listed === 1 ? 'is' : 'are'} left out, by filters or as archived`;
}

function describeUnmatched(globs: readonly WatchedGlob[]): RunWarning[] {
  if (globs.length === 0) return [];
  const named = globs.slice(0, MOST_NAMED).map(({ option, glob }) => `\`${option}\` ${JSON.stringify(glob)}`);
  const more = globs.length > MOST_NAMED ? ` and ${globs.length - MOST_NAMED} more` : '';
  const isQuoted = globs.some(({ glob }) => /^'.*'$/s.test(glob));
  const quotes = isQuoted ? ': the quotes are part of it, as cmd.exe only removes double quotes' : '';
  const verb = globs.length === 1 ? 'matches' : 'match';
  return [{ name: 'unmatched-globs', message: `${named.join(', ')}${more} ${verb} no key${quotes}` }];
}
