import type { RunSummary } from '../statemachine/contract';
import { type ErrorName, GUARD_ERRORS } from '../statemachine/errors';
import { writesNothing } from '../statemachine/writes-nothing';
import { mayBeRetried } from './may-be-retried';

/** Errors of requests that new users often meet first. */
type SdkErrorName = 'CredentialsProviderError' | 'EndpointError';

const NEXT_STEPS: Readonly<Record<ErrorName | SdkErrorName, string>> = {
  InvalidInputError: 'Correct the input. Nothing was read or written. `bucketsync run --help` shows every option.',
  BucketNotFoundError:
    'Check both names, and whether --profile, --region and --endpoint-url are right for the buckets. Nothing was written.',
  AccessDeniedError:
    'The message says which permission is missing. Add it, then run again. Objects that are already equal are left alone.',
  SourceEmptyError: 'Check the source and the filters. Nothing was deleted.',
  DeleteGuardError:
    'The same command with `plan` in the place of `run` shows what would be deleted: with --keys, each key.',
  OverwriteGuardError:
    'The same command with `plan` in the place of `run` shows what would be overwritten: with --keys, each key.',
  CostGuardError:
    'The same command with `plan` in the place of `run` shows what would be copied: with --keys, each key.',
  StrictError: 'Correct the glob, the folder or the filters that the message names. Or leave out --strict.',
  NotConfirmedError: 'Run the same again and answer with y, or add --yes so that nobody is asked.',
  AlreadyRunningError:
    'Wait until the other run has ended, then run again. If its lock was left behind, use the command in the message.',
  HeldError: 'Ask who holds the destination. When it may be written to again, use the command in the message.',
  LockUnsupportedError:
    'If nothing else writes to the destination at the same time, add --no-lock. Nothing was copied or deleted.',
  ListingError: 'The message says whether to run again. Nothing was deleted in the part that could not be listed.',
  SyncIncompleteError: 'Remove the reasons, then run the same again: only these objects are left.',
  DriftError: 'Most likely somebody wrote to a bucket during the run. Run the same again.',
  PlanChangedError:
    'Make the plan again with `bucketsync plan`, and apply the new one. The message says what was not done.',
  UndoIncompleteError:
    'The report says why for each object. Somebody has to decide about those by hand: bucketsync never writes over a change that it does not know.',
  PlanOutdatedError: 'Objects that have changed since the plan were left alone. Plan again to decide them.',
  CredentialsProviderError:
    'Log in as for every AWS tool: `aws configure`, `aws sso login`, variables such as AWS_ACCESS_KEY_ID, or --profile.',
  EndpointError: 'Correct the endpoint, the proxy or the certificates, as the message says. Then run again.',
  RunNameTakenError: 'Run the same again: it gets its own name. Copied objects are not copied twice.',
  ContractVersionError: 'Start it again when the deployment is complete. Completed work is kept.',
  CredentialsExpiredError:
    'Log in again, or renew the keys. Then run the same again with the same report location. Copied objects are not copied twice.',
  ReportLocationError:
    'Name another location with --report-location, and run the same again. Copied objects are not copied twice.',
  InterruptedError: 'Run the same again to continue. Copied objects are not copied twice.',
};

/** The same for a run that a stack started: whoever reads it typed no command and no option. */
const IN_AWS: Readonly<Partial<Record<ErrorName, string>>> = {
  InvalidInputError: 'Correct the input of the execution or of its schedule. Nothing was read or written.',
  BucketNotFoundError: 'Check the names of both buckets, their Region and their account. Nothing was written.',
  DeleteGuardError:
    'Is the source what it should be? If the plan in the report is right, set `maxDeletes` to the number in the message, once.',
  OverwriteGuardError:
    'Is the source what it should be? If the plan in the report is right, set `maxOverwrites` to the number in the message, once.',
  CostGuardError: 'If the plan in the report is right, set `maxCost` to the amount in the message, once.',
  StrictError: 'Correct the glob, the folder or the filters that the message names. Or leave out `strict`.',
  AlreadyRunningError:
    'Nothing, if the other run ends soon: the next start does the work. If its lock was left behind, use the command in the message.',
  HeldError: 'Ask who holds the destination. When it may be written to again, use the command above, then start a run.',
  LockUnsupportedError:
    'If nothing else writes to the destination at the same time, set `lock` to "none". Nothing was copied or deleted.',
  SyncIncompleteError: 'Remove the reasons, then start a run: only these objects are left.',
  DriftError: 'Find out who else writes to one of the buckets and stop them, then start a run.',
  RunNameTakenError: 'Start a run: it gets its own name. Copied objects are not copied twice.',
  CredentialsExpiredError: 'Renew the keys in the secret, then start a run. Copied objects are not copied twice.',
  InterruptedError: 'Start a run to continue. Copied objects are not copied twice.',
};

/** Names of errors of AWS services, and codes of Node.js, which messages contain. */
const BY_WORD: readonly (readonly [word: RegExp, advice: string])[] = [
  [
    /\b(ExpiredToken|InvalidAccessKeyId|SignatureDoesNotMatch|UnrecognizedClient|InvalidClientTokenId|InvalidSignature)/,
    NEXT_STEPS.CredentialsProviderError,
  ],
  [/\bAccessDenied/, 'Add the permission that the message names, or use other credentials (--profile).'],
  [/\b(Throttl|TooManyRequests|SlowDown)/, 'Try again in a minute.'],
  [
    /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|TimeoutError|UND_ERR_)/,
    'Check the network, the proxy and the endpoint (--endpoint-url), then try again.',
  ],
  [/\b(EACCES|EPERM|ENOENT|ENOTDIR|EISDIR|EROFS|ENOSPC)\b/, 'Check the file or folder that the message names.'],
];

/** Who reads what to do: somebody who has typed a command, or somebody who got a message about a run in AWS. */
export type Reader = 'types' | 'isTold';

/** What to do after an error. Empty for an unexpected one. */
export function nextStep(name: string, message = '', reader: Reader = 'types'): string {
  const known = (reader === 'isTold' && IN_AWS[name as ErrorName]) || NEXT_STEPS[name as ErrorName];
  return known ?? BY_WORD.find(([word]) => word.test(`${name} ${message}`))?.[1] ?? '';
}

/** A command to type, and what it is for. */
export interface NextCommand {
  readonly purpose: string;
  readonly command: string;
}

/** A command about a run, such as `bucketsync retry 7f3a12bc`. */
export type CommandAbout = (verb: string, ...more: readonly string[]) => string;

export interface NextSteps {
  readonly advice: string;
  readonly commands: readonly NextCommand[];
}

/** Views of a report that list what an error is about. */
const LISTED: Readonly<Partial<Record<string, 'failures' | 'differences'>>> = {
  SyncIncompleteError: 'failures',
  PlanOutdatedError: 'failures',
  UndoIncompleteError: 'failures',
  DriftError: 'differences',
};

type Following = Readonly<Partial<Record<'apply' | 'undo' | 'retry' | 'dryRun', unknown>>>;

/** A guard has refused what was not started by `run`. @returns undefined if it was */
function afterRefusal({ apply, undo, retry, dryRun }: Following, about: CommandAbout): NextSteps | undefined {
  const look = (at: string, then: string, purpose: string, command: string): NextSteps => ({
    advice: `Look at ${at}. If it is right, ${then} with the option that the message names.`,
    commands: [{ purpose, command }],
  });
  const actions = 'Each action of the plan';
  if (typeof apply === 'string')
    return look('the plan', 'apply it', actions, `bucketsync report ${apply} --lines actions`);
  if (typeof retry === 'string')
    return look('what failed', 'try it again', 'Each of them', `bucketsync report ${retry} --lines failures`);
  if (dryRun === true) return look('the plan', 'go on', actions, about('report', '--lines', 'actions'));
  if (typeof undo === 'string')
    return look('what the undo would do', 'do it', 'What it would do', `bucketsync undo ${undo} --plan`);
  return undefined;
}

/** What to do after a run failed, with the commands to type. */
export function nextSteps(summary: RunSummary, about: CommandAbout, reader: Reader = 'types'): NextSteps {
  const { error, report, input } = summary;
  const name = error?.name ?? '';
  const isRefused = GUARD_ERRORS.includes(name) && name !== 'StrictError' && reader === 'types';
  const refused = isRefused ? afterRefusal((input ?? {}) as Following, about) : undefined;
  if (refused) return refused;
  const view = report === undefined ? undefined : LISTED[name];
  const list = view ? [{ purpose: 'Each of them', command: about('report', '--lines', view) }] : [];
  if (name !== 'SyncIncompleteError') return { advice: nextStep(name, error?.message, reader), commands: list };
  if (summary.phases.every((phase) => writesNothing(phase.name)))
    return { advice: 'Remove the reasons, then plan again.', commands: list };
  if (!mayBeRetried(summary)) return { advice: nextStep(name, '', reader), commands: list };
  const retry = { purpose: 'Only these objects', command: about('retry') };
  return { advice: 'Remove the reasons, then try these objects again.', commands: [retry, ...list] };
}
