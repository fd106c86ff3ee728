import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { MULTIPART_LIMITS } from '../../statemachine/budgets';
import type { ReportLine, Run } from '../../statemachine/contract';
import { formatS3Url } from '../../wording/s3-url';
import type { Buckets } from '../engine/ports/bucket-writer';
import type { Host, RangeProgress } from '../engine/ports/host';
import type { RequestObserver } from '../engine/ports/request-observer';
import type { SideOfRun } from '../engine/ports/worlds';
import { S3Probes } from '../s3/buckets/s3-probes';
import { S3Source } from '../s3/buckets/s3-source';
import { S3Versions } from '../s3/buckets/s3-versions';
import type { Side } from '../s3/buckets/side';
import { writeSettings } from '../s3/buckets/write-settings';
import { FAILED_ATTEMPTS } from '../s3/client/failed-attempts';
import { s3Client } from '../s3/client/s3-client';
import { endpointOf, isAws, WORLDS, type World, worldOf } from '../s3/credentials/worlds';
import { CopyingDestination } from '../s3/streamed/copying-destination';
import { StreamedDestination } from '../s3/streamed/streamed-destination';
import { findAccount } from './find-account';
import { findRegion } from './find-region';
import { isRunning } from './is-running';
import { S3LockStore } from './lock-store/s3-lock-store';
import { writeLine } from './log/write-line';
import { openKeyList } from './open-key-list';
import { identifyProcess } from './process-identity';
import { readEnvironment } from './read-environment';
import { openRunStore } from './run-store/open-run-store';

/** The context of an invocation: AWS Lambda's, and fields that the local runner adds. */
export interface HostContext {
  getRemainingTimeInMillis(): number;
  /** Of the invocation. A local run has none. */
  readonly awsRequestId?: string;
  readonly signal?: AbortSignal;
  onProgress?(read: () => RangeProgress): void;
  readonly onReported?: (line: ReportLine) => Promise<void> | undefined;
  othersIdle?(): boolean;
}

/** A restarted server comes back within about a minute. If it does not, the wait ends within two minutes. */
const PATIENCE = { outageMs: 100_000, runMs: 600_000 } as const;

const neverAborted = new AbortController().signal;

/** The host of a Task in AWS Lambda and in a worker of the local runner. */
export function lambdaHost(context: HostContext): Host {
  const endpoint = endpointOf();
  const { reportLocation, reportOwner, pageSize, metricSet, ...settings } = readEnvironment(process.env);
  return {
    ...settings,
    runStore: openRunStore(reportLocation, reportOwner, { leftMs: () => timeToWait(context) }),
    multipart: MULTIPART_LIMITS,
    patience: PATIENCE,
    trustsListings: isAws(),
    signal: context.signal ?? neverAborted,
    invocationId: randomUUID(),
    now: Date.now,
    wait: (milliseconds) => setTimeout(milliseconds),
    remainingMs: () => context.getRemainingTimeInMillis(),
    findRegion,
    openKeyList,
    worlds: WORLDS,
    isRunning,
    endpoint,
    failedAttempts: FAILED_ATTEMPTS,
    findAccount,
    identifyProcess,
    openLock: (place, signal) => new S3LockStore(place, signal),
    metrics: metricSet && { set: metricSet, publish: writeLine },
    onProgress: (read) => context.onProgress?.(read),
    onReported: context.onReported,
    othersIdle: () => context.othersIdle?.() ?? false,
    openBuckets: (run, observer) => openBuckets(run, pageSize, observer),
    openVersions: (run, observer) => new S3Versions({ ...sidesOf(run).destination, pageSize, observer }),
    openProbes: (run) => new S3Probes(sidesOf(run), writeSettings(run), needsStreams(run)),
  };
}

/** In a short function, the time that its work leaves. */
function timeToWait(context: HostContext): number {
  return Math.min(PATIENCE.outageMs, context.getRemainingTimeInMillis() - 60_000);
}

function needsStreams({ input }: Run): boolean {
  return WORLDS.describe(input)?.streams === true;
}

function openBuckets(run: Run, pageSize: number, observer: RequestObserver): Buckets {
  const sides = sidesOf(run);
  const { source, destination } = WORLDS.describe(run.input) ?? {};
  // AWS lacks nothing, even if the other side does
  const seen = (side?: SideOfRun) => ({
    pageSize,
    observer: side?.isAws ? { ...observer, lacks: undefined } : observer,
  });
  const from = { ...sides.source, versionOf: observer.versionOf };
  return openSides(run, { ...from, ...seen(source) }, { ...sides.destination, ...seen(destination) });
}

function openSides(run: Run, source: Side, destination: Side): Buckets {
  const settings = writeSettings(run);
  const from = new S3Source(source);
  if (!needsStreams(run)) {
    const { lacks } = destination.observer;
    return {
      source: from,
      destination: new CopyingDestination(destination, source, settings),
      // the first copy may show it
      get streams() {
        return lacks?.has('copies') === true;
      },
    };
  }
  return { source: from, destination: new StreamedDestination(destination, source, settings), streams: true };
}

function sidesOf({ input, sourceRegion, destinationRegion }: Run) {
  const to = worldOf('destination', input.destination);
  const from = input.undo === undefined ? worldOf('source', input.source) : to;
  const nameOf = (side: string, bucket: string, world: World) =>
    from !== to && {
      name: `the ${side} (${formatS3Url(bucket)}${world.endpointUrl ? ` at ${world.endpointUrl}` : ''})`,
    };
  return {
    source: {
      ...nameOf('source', input.source, from),
      client: s3Client(sourceRegion, from),
      bucket: input.source,
      prefix: input.prefix,
      owner: input.sourceOwner,
      requestPayer: input.requestPayer,
    },
    destination: {
      ...nameOf('destination', input.destination, to),
      client: s3Client(destinationRegion, to),
      bucket: input.destination,
      prefix: input.destinationPrefix,
      owner: input.destinationOwner,
      requestPayer: input.requestPayer,
    },
  };
}
