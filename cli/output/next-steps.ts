import type { ErrorName } from '../../statemachine/errors';

/** Errors on the way to S3 that a new user meets first. */
type SdkErrorName = 'CredentialsProviderError' | 'EndpointError';

const NEXT_STEPS: Readonly<Record<ErrorName | SdkErrorName, string>> = {
  InvalidInputError: 'Correct the input; nothing was touched. `bucketsync run --help` shows every option.',
  BucketNotFoundError:
    'Check both names, and that --profile, --region and --endpoint-url lead to where the buckets are. Nothing was touched.',
  AccessDeniedError:
    'The message says what stands in the way. Once that is changed, run again: what is already the same is left alone.',
  SourceEmptyError: 'Check source and filters. If it is meant, add --allow-empty-source. Nothing was deleted.',
  DeleteGuardError:
    'See what would go with `bucketsync plan`. If it is right, raise --max-deletes. The message says what was deleted.',
  AlreadyRunningError:
    'Wait until the other run has ended, then run again. A lock that was left behind: the message has the command.',
  LockUnsupportedError:
    'If nothing else writes to the destination meanwhile, add --no-lock. Nothing was copied or deleted.',
  ListingError: 'The message says whether to run again. Nothing was deleted in the part that could not be listed.',
  SyncIncompleteError:
    '`bucketsync report <run>` names each object and its reason. Put that right and run again: only they are left.',
  DriftError: 'Most likely somebody wrote to a bucket meanwhile. The report names each object; run again.',
  CredentialsProviderError:
    'Log in as for every AWS tool: `aws configure`, `aws sso login`, AWS_ACCESS_KEY_ID and the like, or --profile.',
  EndpointError: 'Correct what the message names: the endpoint, the proxy or the certificates. Then run again.',
  RunNameTakenError: 'Run the same again: it gets a name of its own. What was copied is not copied twice.',
  ContractVersionError: 'Start it again once the deployment is complete: what was done stays done.',
  CredentialsExpiredError:
    'Log in again, or renew the keys, and run the same again with the same reports: what was copied is not copied twice.',
  ReportLocationError: 'Name another place with --report-location, and run the same again: nothing is copied twice.',
  InterruptedError: 'Run the same again to go on: what was copied is not copied twice.',
};

/** What to do after a run failed; empty for an error that nobody foresaw. */
export function nextStep(errorName: string): string {
  return NEXT_STEPS[errorName as ErrorName] ?? '';
}
