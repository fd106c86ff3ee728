import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { isAwsEndpoint } from '../../statemachine/aws-endpoint';
import type { Counters, Run } from '../../statemachine/contract';
import type { Host } from '../engine/host';
import { MULTIPART_LIMITS } from '../engine/part-layout';
import { readEnvironment } from './environment';
import { findAccount } from './find-account';
import { findRegion } from './find-region';
import { isRunning } from './is-running';
import { identifyProcess } from './process-identity';
import { openRunStore } from './run-store';
import { customEndpoint, s3Client } from './s3-client';
import { S3Destination } from './s3-destination';
import { S3LockStore } from './s3-lock-store';
import { S3Probes } from './s3-probes';
import { S3Source } from './s3-source';
import { writeSettings } from './write-settings';

/** What a Task is told about its invocation: AWS Lambda's context, and what the local runner adds to it. */
export interface HostContext {
  getRemainingTimeInMillis(): number;
  readonly signal?: AbortSignal;
  onProgress?(counters: Counters): void;
  othersIdle?(): boolean;
}

/** A server that is restarted comes back within a minute or so; who waits for one that does not learns of it within two. */
const PATIENCE = { outageMs: 100_000, runMs: 600_000 } as const;

const neverAborted = new AbortController().signal;

/** The host of a Task in AWS Lambda and in a worker of the local runner. */
export function lambdaHost(context: HostContext): Host {
  const endpoint = customEndpoint();
  const { reportLocation, reportOwner, pageSize, ...settings } = readEnvironment(process.env);
  return {
    ...settings,
    runStore: openRunStore(reportLocation, reportOwner, { leftMs: () => timeToWait(context) }),
    multipart: MULTIPART_LIMITS,
    patience: PATIENCE,
    trustsListings: endpoint === undefined || isAwsEndpoint(endpoint),
    signal: context.signal ?? neverAborted,
    invocationId: randomUUID(),
    now: Date.now,
    wait: (milliseconds) => setTimeout(milliseconds),
    remainingMs: () => context.getRemainingTimeInMillis(),
    findRegion,
    isRunning,
    endpoint,
    findAccount,
    identifyProcess,
    openLock: (place, signal) => new S3LockStore(place, signal),
    onProgress: (counters) => context.onProgress?.(counters),
    othersIdle: () => context.othersIdle?.() ?? false,
    openBuckets(run, observer) {
      const { source, destination } = sides(run);
      return {
        source: new S3Source({ ...source, pageSize, observer }),
        destination: new S3Destination({ ...destination, pageSize, observer }, source, writeSettings(run)),
      };
    },
    openProbes: (run) => new S3Probes(sides(run), writeSettings(run)),
  };
}

/** Of a short function it is what is left beside its work. */
function timeToWait(context: HostContext): number {
  return Math.min(PATIENCE.outageMs, context.getRemainingTimeInMillis() - 60_000);
}

function sides({ input, sourceRegion, destinationRegion }: Run) {
  return {
    source: {
      client: s3Client(sourceRegion),
      bucket: input.source,
      prefix: input.prefix,
      owner: input.sourceOwner,
      requestPayer: input.requestPayer,
    },
    destination: {
      client: s3Client(destinationRegion),
      bucket: input.destination,
      prefix: input.destinationPrefix,
      owner: input.destinationOwner,
      requestPayer: input.requestPayer,
    },
  };
}
