import { setImmediate } from 'node:timers/promises';
import type { ServerSideEncryption } from '@aws-sdk/client-s3';
import { isThrottlingError, isTransientError } from '@smithy/core/retry';
import type { RequestKind } from '../../../lambdas/engine/ports/outages';
import type { RequestObserver, WriteGate } from '../../../lambdas/engine/ports/request-observer';
import { asksKms } from '../../../lambdas/s3/buckets/asks-kms';
import { ALL_LEFT, nextAttempt } from '../../../lambdas/s3/client/next-attempt';
import { orExpired } from '../../../lambdas/s3/credentials/renew-credentials';
import { retryConflicts } from '../../../lambdas/s3/errors/conflicts';
import { toStoreError } from '../../../lambdas/s3/errors/s3-errors';
import type { Asked, Headers, S3Service, Told } from '../../../local/s3';
import { emptyCounters } from '../../../statemachine/contract';
import { CredentialsExpiredError } from '../../../statemachine/errors';
import { senderHeaders } from '../../permissions/task-context';
import { asSdkError } from './sdk-error';

/** One side of a run: a folder of a bucket in memory. */
export interface MemorySide {
  readonly s3: S3Service;
  readonly bucket: string;
  /** Empty, or ends in `/`. */
  readonly prefix: string;
  readonly owner: string | undefined;
  readonly requestPayer?: 'requester' | undefined;
  /** Which version of an object requests are about. Absent, or undefined: the latest. */
  readonly versionOf?: ((key: string) => string | undefined) | undefined;
}

/** The same for a Task that counts its requests. */
export interface ObservedSide extends MemorySide {
  readonly pageSize: number;
  readonly observer: RequestObserver;
}

export type Request<Operation extends string> = Omit<Asked<Operation>, 'bucket'>;

/** Asks as the SDK's client does, and does not count. @param request  its key is relative @throws Error  as the SDK's errors are */
export async function ask<Operation extends string>(
  side: MemorySide,
  request: Request<Operation>,
): Promise<Told<Operation>> {
  const observer = { counters: emptyCounters().requests, onSlowDown() {} };
  return askAgain({ ...side, observer }, 'other', request);
}

async function askOnce<Operation extends string>(
  { s3, bucket, prefix, owner, requestPayer, versionOf }: MemorySide,
  request: Request<Operation>,
): Promise<Told<Operation>> {
  const headers: Headers = {
    'x-amz-expected-bucket-owner': owner,
    'x-amz-request-payer': requestPayer,
    ...senderHeaders(),
    ...request.headers,
  };
  const key = request.key === undefined ? {} : { key: `${prefix}${request.key}` };
  const versionId = request.key === undefined ? undefined : versionOf?.(request.key);
  const query = versionId === undefined ? {} : { query: { ...request.query, versionId } };
  await setImmediate(); // an answer over HTTP is never there at once, so others take their turn
  try {
    return await s3.ask<Operation>({ ...request, ...key, ...query, bucket, headers });
  } catch (error) {
    throw asSdkError(error, request.operation);
  }
}

/** Asks until there is an answer or no attempt is left. No attempt waits. @throws Error  as the SDK's errors are */
export async function askAgain<Operation extends string>(
  side: MemorySide & Pick<ObservedSide, 'observer'>,
  kind: RequestKind,
  request: Request<Operation>,
  gate?: WriteGate,
): Promise<Told<Operation>> {
  const { counters, patience, onSlowDown, leaveToSender } = side.observer;
  let left = ALL_LEFT;
  for (let attempts = 1; ; attempts++) {
    if (gate) await pass(gate);
    counters[kind] += 1;
    try {
      const answer = await askOnce(side, request);
      patience?.answered(kind);
      return answer;
    } catch (error) {
      if (!mayRepeat(error)) throw error;
      onSlowDown.call(side.observer);
      leaveToSender?.();
      const isBusy = isThrottlingError(error as Judged) || toStoreError(error).reason === 'slow-down';
      const next = leaveToSender ? undefined : await nextAttempt({ kind, attempts, isBusy, left }, patience);
      if (!next) throw error;
      left = next.left;
    }
  }
}

type Judged = Parameters<typeof isTransientError>[0];

/** As the SDK's retries judge it. */
function mayRepeat(error: unknown): boolean {
  return isTransientError(error as Judged) || isThrottlingError(error as Judged);
}

/** Sends a request about an object. @throws StoreError, or the error of the gate */
export async function send<Operation extends string>(
  side: ObservedSide,
  kind: RequestKind,
  request: Request<Operation>,
  { writes = false } = {},
): Promise<Told<Operation>> {
  const { observer } = side;
  const attempt = () => askAgain(side, kind, request, writes ? observer.gate : undefined);
  try {
    const answer = await (observer.leaveToSender ? attempt() : retryConflicts(attempt, async () => {}));
    if (writes && asksKms(encryptionIn(answer.headers))) observer.onKmsRequest?.();
    return answer;
  } catch (error) {
    if (error instanceof KeptBack) throw error.cause;
    const found = orExpired(error);
    throw found instanceof CredentialsExpiredError ? found : toStoreError(found);
  }
}

export function encryptionIn(headers: Headers) {
  return {
    ServerSideEncryption: headers['x-amz-server-side-encryption'] as ServerSideEncryption | undefined,
    BucketKeyEnabled: headers['x-amz-server-side-encryption-bucket-key-enabled'] === 'true',
  };
}

class KeptBack extends Error {}

async function pass(gate: WriteGate): Promise<void> {
  do {
    await gate.pass().catch((cause: unknown) => {
      throw new KeptBack('', { cause });
    });
  } while (!gate.isOpen());
}
