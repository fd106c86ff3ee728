import type { ErrorName } from '../../statemachine/errors';

/** Errors of requests that new users often meet first. */
type SdkErrorName = 'CredentialsProviderError' | 'EndpointError';

const NEXT_STEPS: Readonly<Record<ErrorName | SdkErrorName, string>> = {
  InvalidInputError: 'Correct the input. Nothing was read or written. `bucketsync run --help` shows every option.',
  BucketNotFoundError:
    'Check both names, and whether --profile, --region and --endpoint-url are right for the buckets. Nothing was written.',
  AccessDeniedError:
    'The message says which permission is missing. Add it, then run again. Objects that are already equal are left alone.',
  SourceEmptyError:
    'Check the source and the filters. If the source is meant to be empty, add --allow-empty-source. Nothing was deleted.',
  DeleteGuardError:
    '`bucketsync plan` shows what would be deleted. If that is right, raise --max-deletes. The message says what was deleted.',
  OverwriteGuardError: '`bucketsync plan` shows what would be overwritten. If that is right, raise --max-overwrites.',
  CostGuardError: '`bucketsync plan` shows what the run would copy. If it is worth its price, raise --max-cost.',
  NotConfirmedError: 'Run the same again and answer with y, or add --yes so that nobody is asked.',
  AlreadyRunningError:
    'Wait until the other run has ended, then run again. If its lock was left behind, use the command in the message.',
  LockUnsupportedError:
    'If nothing else writes to the destination at the same time, add --no-lock. Nothing was copied or deleted.',
  ListingError: 'The message says whether to run again. Nothing was deleted in the part that could not be listed.',
  SyncIncompleteError:
    '`bucketsync report <run>` shows each object and its reason. Remove the reasons, then run again: only these objects are left.',
  DriftError: 'Most likely somebody wrote to a bucket during the run. The report shows each object. Run again.',
  PlanChangedError:
    'Make the plan again with `bucketsync plan`, and apply the new one. The message says what was not done.',
  PlanOutdatedError:
    '`bucketsync report <run>` shows which objects have changed since the plan. They were left alone. Plan again to decide them.',
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

/** What to do after a run failed. Empty for an unexpected error. */
export function nextStep(errorName: string): string {
  return NEXT_STEPS[errorName as ErrorName] ?? '';
}
