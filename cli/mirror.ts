import type { RunSummary } from '../statemachine/contract';
import { printable } from '../statemachine/printable';
import type { SyncRequest } from '../statemachine/sync-input';
import { createDisplay, type DisplayMode } from './progress/display';
import { formatS3Url } from './s3-url';
import { abortOnStopSignals } from './stop-signals';

export interface MirrorOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly display: DisplayMode;
}

/** One run on this machine, shown while it goes on and stopped cleanly by Ctrl-C. */
export async function mirror(request: SyncRequest, { env, display }: MirrorOptions): Promise<RunSummary> {
  const shown = await createDisplay(display, `${title(request)} ${describePlace(env)}`);
  const { signal, release } = abortOnStopSignals(() => {
    shown.note('stopping: finishing what was begun (Ctrl-C again stops at once)');
  });
  try {
    // imported here, so that help and bad input do not wait for the AWS SDK
    const { runLocally } = await import('../local/run-locally');
    return await runLocally(request, { env, signal, onProgress: shown.update });
  } finally {
    shown.end();
    release();
  }
}

/** Where it will run, as far as the environment tells: `(AWS, profile prod, eu-west-1)`. Each bucket's own region is in the summary. */
function describePlace({
  AWS_ENDPOINT_URL_S3: endpoint,
  AWS_PROFILE: profile,
  AWS_REGION: region,
}: NodeJS.ProcessEnv): string {
  return printable(`(${[endpoint || 'AWS', profile && `profile ${profile}`, region].filter(Boolean).join(', ')})`);
}

/** `s3://staging/site/ → s3://production/site/` */
export function title({ source, destination, prefix = '', destinationPrefix = prefix }: SyncRequest): string {
  return printable(`${formatS3Url(source, prefix)} → ${formatS3Url(destination, destinationPrefix)}`);
}

/** The same for an execution in AWS, which may leave the buckets to what is deployed. */
export function describeRequest({ source, destination, ...request }: Partial<SyncRequest>): string {
  if (source !== undefined && destination !== undefined) return title({ ...request, source, destination });
  const folder = request.prefix ?? request.destinationPrefix;
  return printable(folder ? `what is deployed, only ${folder}` : 'what is deployed');
}

/** The same for an execution's input, which anybody may have written. */
export function describeInput(json: string | undefined): string {
  return describeRequest(JSON.parse(json || 'null') ?? {});
}
