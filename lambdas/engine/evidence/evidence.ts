import { createHash } from 'node:crypto';
import type { Run, SyncInput } from '../../../statemachine/contract';

/** The folder of all that was proved, in the run store. */
export const EVIDENCE_FOLDER = 'evidence/';

/** Bytes of a fingerprint: so many that no two pairs ever have the same. */
export const FINGERPRINT_BYTES = 16;

/** A pair whose ETags differ, and which holds the same content and the same attributes all the same. */
export interface ProvenPair {
  readonly key: string;
  readonly sourceETag: string;
  readonly destinationETag: string;
}

/**
 * Fingerprints of pairs, of keys between two: no key of them is kept, so that a part holds many. It is in the run store as
 * `FINGERPRINT_BYTES` of each fingerprint, in order.
 */
export interface EvidencePart {
  readonly name: string;
  readonly first: string;
  readonly last: string;
}

/** Names a pair by its key and both ETags: if either side changes, it is another pair, about which nothing is known. */
export function fingerprint({ key, sourceETag, destinationETag }: ProvenPair): Buffer {
  const text = [sourceETag.length, destinationETag.length, sourceETag, destinationETag, key].join(' ');
  return createHash('sha256').update(text).digest().subarray(0, FINGERPRINT_BYTES);
}

/** The folder of one mirror: what is proved of one pair of folders says nothing of another. */
export function evidenceFolder(input: SyncInput): string {
  const { source, prefix, destination, destinationPrefix, startAfter = '' } = input;
  const mirror = JSON.stringify([source, prefix, destination, destinationPrefix, startAfter]);
  return `${EVIDENCE_FOLDER}${sha256(mirror).slice(0, 32)}`;
}

export function indexFolder(input: SyncInput): string {
  return `${evidenceFolder(input)}/indexes/`;
}

export function partFolder(input: SyncInput): string {
  return `${evidenceFolder(input)}/parts/`;
}

/** Begins the names of all that a run writes; later runs come behind it. */
export function generationOf({ startedAt, executionId }: Pick<Run, 'startedAt' | 'executionId'>): string {
  return `${startedAt.replaceAll(/\W/g, '')}-${sha256(executionId).slice(0, 16)}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
