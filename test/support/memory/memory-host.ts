import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Host } from '../../../lambdas/engine/ports/host';
import type { RunStore } from '../../../lambdas/engine/ports/run-store';
import { openKeyList } from '../../../lambdas/host/open-key-list';
import { identifyProcess, isProcessRunning } from '../../../lambdas/host/process-identity';
import { describeError, statusOf } from '../../../lambdas/s3/errors/server-words';
import type { S3Service } from '../../../local/s3';
import { MULTIPART_LIMITS } from '../../../statemachine/budgets';
import { RANGE_MEMORY_MIB, type Run } from '../../../statemachine/contract';
import { AccessDeniedError, BucketNotFoundError } from '../../../statemachine/errors';
import { isExecutionArn } from '../../../statemachine/execution-id';
import { MemoryDestination } from './memory-destination';
import { MemoryLockStore } from './memory-lock-store';
import { MemoryProbes } from './memory-probes';
import { ask } from './memory-requests';
import { MemorySource } from './memory-source';
import { MemoryVersions } from './memory-versions';

interface MemoryHostOptions {
  readonly runStore: RunStore;
  readonly pageSize: number;
}

/** The host of a Task whose buckets are in this process: no HTTP, no SDK, no signature. */
export function memoryHost(s3: S3Service, { runStore, pageSize }: MemoryHostOptions): Host {
  return {
    runStore,
    roundBudgetsMs: [60_000],
    rangesAtOnce: 1000,
    mirrors: undefined,
    rangeMemoryMib: RANGE_MEMORY_MIB,
    multipart: MULTIPART_LIMITS,
    patience: { outageMs: 0, runMs: 0 },
    trustsListings: true,
    signal: new AbortController().signal,
    invocationId: randomUUID(),
    endpoint: 'http://127.0.0.1',
    now: Date.now,
    wait: (milliseconds) => setTimeout(milliseconds),
    remainingMs: () => 900_000,
    openKeyList,
    findRegion: (...asked) => findRegion(s3, ...asked),
    isRunning: async (executionId, _startedAt, process) =>
      isExecutionArn(executionId) || (await isProcessRunning(process)),
    identifyProcess,
    openLock: (place, signal) => new MemoryLockStore(s3, place, signal),
    onProgress() {},
    othersIdle: () => false,
    openBuckets(run, observer) {
      const sides = sidesOf(s3, run);
      const source = { ...sides.source, pageSize, observer, versionOf: observer.versionOf };
      const destination = { ...sides.destination, pageSize, observer };
      return { source: new MemorySource(source), destination: new MemoryDestination(destination, source, run) };
    },
    openVersions: (run, observer) => new MemoryVersions({ ...sidesOf(s3, run).destination, pageSize, observer }),
    openProbes: (run) => new MemoryProbes(sidesOf(s3, run), run),
  };
}

function sidesOf(s3: S3Service, { input }: Run) {
  const { requestPayer } = input;
  return {
    source: { s3, bucket: input.source, prefix: input.prefix, owner: input.sourceOwner, requestPayer },
    destination: {
      ...{ s3, bucket: input.destination, prefix: input.destinationPrefix },
      ...{ owner: input.destinationOwner, requestPayer },
    },
  };
}

async function findRegion(s3: S3Service, ...asked: Parameters<Host['findRegion']>): Promise<string> {
  const [bucket, owner, prefix, requestPayer] = asked;
  const side = { s3, bucket, prefix: '', owner, requestPayer };
  try {
    const { headers } = await ask({ ...side, requestPayer: undefined }, { operation: 'HeadBucket' });
    return headers['x-amz-bucket-region'] ?? s3.state.region;
  } catch (error) {
    if (statusOf(error) === 404) throw new BucketNotFoundError(`There is no bucket s3://${bucket}`, { cause: error });
    if (statusOf(error) !== 403) throw error;
    const query = { 'list-type': '2', prefix: prefix || undefined, 'max-keys': '1' };
    await ask(side, { operation: 'ListObjectsV2', query }).catch((cause: unknown) => {
      throw new AccessDeniedError(`S3 refused access to s3://${bucket} (403): ${describeError(cause)}`, { cause });
    });
    return s3.bucket(bucket).region;
  }
}
