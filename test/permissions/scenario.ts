import type { Bucket } from '../../local/s3';
import type { RunSummary } from '../../statemachine/contract';
import type { Mirror, MirrorOptions } from '../support/mirror';

/** A run that needs permissions. Its comment says which, and for what. */
export type Scenario = (mirror: Mirror) => Promise<void>;

/** Of a customer, so that KMS asks for permission. */
export const encryption = { algorithm: 'aws:kms', kmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/customer' };

export function createPair(
  mirror: Mirror,
  ownership?: string,
): { source: Bucket; destination: Bucket; input: { source: string; destination: string } } {
  return mirror.createPair({ source: { encryption }, destination: { encryption, ...(ownership && { ownership }) } });
}

/** A clock on which each reading takes a moment, so that a budget is a number of readings. */
export function shortRounds(): MirrorOptions {
  let time = 0;
  return { host: { now: () => time++, roundBudgetsMs: [12] } };
}

export function expectSuccess({ status, error }: RunSummary): void {
  if (status !== 'succeeded')
    throw new Error(`Expected the scenario to succeed, got ${error?.name}: ${error?.message}`);
}

export function expectError(name: string, { error }: RunSummary): void {
  if (error?.name !== name)
    throw new Error(`Expected the scenario to fail with ${name}, got ${error?.name}: ${error?.message}`);
}
