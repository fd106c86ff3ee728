import type { GetOutputType } from '@smithy/types';
import type { RequestCounters } from '../../../statemachine/contract';
import { CredentialsExpiredError } from '../../../statemachine/errors';
import { BucketRequests } from '../client/bucket-requests';
import type { BodyProof } from '../client/describe-body';
import type { Headers, SdkCommand, StreamLimits } from '../client/regional-requests';
import { observed } from '../client/s3-requests';
import { orExpired, withFreshCredentials } from '../credentials/renew-credentials';
import { retryConflicts } from '../errors/conflicts';
import { KeptBackError } from '../errors/kept-back-error';
import { toStoreError } from '../errors/s3-errors';
import { asksKms, type Encrypted } from './asks-kms';
import type { Side } from './side';
import { putInWords } from './wordless-refusal';

interface SendOptions<Output> {
  readonly read?: (body: Uint8Array, headers: Headers) => Output | undefined;
  readonly headers?: Headers;
  /** The request changes objects or an upload, so each attempt passes the observer's gate. */
  readonly writes?: boolean;
  /** How the body is signed and checked, if not by the SDK. */
  readonly body?: BodyProof;
  readonly stream?: StreamLimits;
}

/** Sends a command to a side's bucket and counts it. @throws StoreError, CredentialsExpiredError, or the error of the gate */
export async function sendTo<Command extends SdkCommand, Output = GetOutputType<Command>>(
  side: Side,
  kind: keyof RequestCounters,
  command: Command,
  { read, headers, writes = false, body, stream }: SendOptions<Output> = {},
): Promise<Output> {
  const { client, bucket, observer } = side;
  let leftToSender = false;
  const mayRepeat = () => {
    if (!observer.leaveToSender) return true;
    observer.leaveToSender();
    leftToSender = true;
    return false;
  };
  try {
    const gate = writes ? observer.gate : undefined;
    const attempt = () =>
      observed(kind, observer, () =>
        BucketRequests.of(client, bucket).send(command, read, { headers, gate, body, stream }),
      );
    const inWords = kind === 'head' ? () => attempt().catch((error) => refuse(side, error)) : attempt;
    const request = () => withFreshCredentials(client, inWords, mayRepeat);
    const answer = await (observer.leaveToSender ? request() : retryConflicts(request));
    if (writes && asksKms(answer as Encrypted)) observer.onKmsRequest?.();
    return answer;
  } catch (error) {
    if (error instanceof KeptBackError) throw error.cause;
    const found = leftToSender ? error : orExpired(error, side.name);
    throw found instanceof CredentialsExpiredError ? found : toStoreError(found);
  }
}

async function refuse(side: Side, error: unknown): Promise<never> {
  throw await putInWords(side, error);
}
