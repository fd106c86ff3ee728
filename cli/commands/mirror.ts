import { isAwsEndpoint } from '../../statemachine/aws-endpoint';
import { ENVIRONMENT, NOWHERE, type ReportLine, type Run, type RunSummary } from '../../statemachine/contract';
import type { SyncRequest } from '../../statemachine/input/sync-input';
import { ANY_REGION } from '../../statemachine/partition';
import { printable } from '../../statemachine/printable';
import { readAwsConfig } from '../input/aws-config';
import { processCredentials } from '../input/credentials';
import { asksForMfaCode } from '../input/profile';
import { sideCredentials } from '../input/run-environment';
import { channelOf, describeSides, profilesOfSides } from '../input/sides';
import { abortOnStopSignals } from '../input/stop-signals';
import { printNote } from '../output/output';
import { createDisplay, type DisplayMode } from '../output/progress/create-display';
import { describeStop, describeStopAtOnce } from '../output/stop-text';
import { title } from '../output/title';
import { confirmPlan } from './confirm-plan';

/** How long the first line waits for the account. The run itself does not wait. */
const ACCOUNT_WAIT_MS = 5_000;

export interface MirrorOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly display: DisplayMode;
  /** Ask before the run deletes or overwrites more than a few objects. */
  readonly asks?: boolean;
  /** Show each action as it happens. */
  readonly verbose?: boolean | undefined;
  /** What was typed to start the run, to go on with it; absent: nobody can go on with it. */
  readonly typed?: { readonly command: string; readonly places: readonly string[] };
}

/**
 * Runs a mirror on this machine, shows its progress, and stops cleanly on Ctrl-C.
 *
 * @param options  `env` must be the environment of this process, unless it contains credentials itself
 */
export async function mirror(
  request: SyncRequest,
  { env, display, asks, verbose, typed }: MirrorOptions,
): Promise<RunSummary> {
  const credentials = processCredentials(env);
  // ask questions before anything moves on the screen
  if (credentials && asksForMfaCode(env, await readAwsConfig(env))) await credentials();
  const ofSides = sideCredentials(env);
  for (const profile of profilesOfSides(env)) {
    if (asksForMfaCode({ AWS_PROFILE: profile }, await readAwsConfig(env))) await ofSides.get(channelOf(profile))?.();
  }
  const heading = (account?: string) => `${title(request)} ${describePlace(env, account)}`;
  const shown = await createDisplay(display, heading(), mayLearnAccount(env) ? ACCOUNT_WAIT_MS : 0);
  let run: Run | undefined;
  const { signal, release } = abortOnStopSignals(
    (stop) => shown.note(describeStop(stop, request)),
    () => {
      shown.end();
      printNote(describeStopAtOnce({ request, run, again: typed?.command, places: typed?.places ?? [] }));
    },
  );
  // a run that writes shows what it does, and not what it decides before
  const isShown = ({ phase }: ReportLine) => phase !== 'plan' || request.dryRun === true;
  const onBegin = (begun: Run) => {
    run = begun;
    shown.begin({ runId: begun.id, input: begun.input });
    shown.retitle(heading(begun.account));
  };
  try {
    // imported here, so that help and invalid input do not wait for the AWS SDK
    const { runLocally } = await import('../../local/run-locally');
    return await runLocally(request, {
      ...{ env, signal, onProgress: (progress) => shown.update(progress), onBegin, credentials },
      sideCredentials: ofSides,
      ...(verbose && { onReported: (lines) => shown.actions(lines.filter(isShown)) }),
      ...(asks && { confirm: confirmPlan(shown, env[ENVIRONMENT.reportLocation] ?? NOWHERE) }),
    });
  } finally {
    shown.end();
    release();
  }
}

/** The account is known only after the run has begun. An S3 other than AWS does not tell it. */
function mayLearnAccount(env: NodeJS.ProcessEnv): boolean {
  const { AWS_ENDPOINT_URL_S3: endpoint } = env;
  if (describeSides(env) !== undefined) return false;
  return !endpoint || isAwsEndpoint(endpoint);
}

/** Where the run works: `(AWS, profile prod, account 111122223333, eu-west-1)`. The summary has each bucket's own region. */
function describePlace(env: NodeJS.ProcessEnv, account: string | undefined): string {
  const sides = describeSides(env);
  if (sides !== undefined) return printable(`(${sides})`);
  const { AWS_ENDPOINT_URL_S3: endpoint, AWS_PROFILE: profile, AWS_REGION: region = ANY_REGION } = env;
  const facts = [endpoint || 'AWS', profile && `profile ${profile}`, account && `account ${account}`, region];
  return printable(`(${facts.filter(Boolean).join(', ')})`);
}
