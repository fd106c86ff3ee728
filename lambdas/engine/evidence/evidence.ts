import { createHash } from 'node:crypto';
import type { Run, SyncInput } from '../../../statemachine/contract';

/** The folder of all evidence in the run store. */
export const EVIDENCE_FOLDER = 'evidence/';

/** Bytes of a fingerprint: enough that two pairs never have the same one. */
export const FINGERPRINT_BYTES = 16;

/** A pair whose ETags differ although content and attributes are the same. */
export interface ProvenPair {
  readonly key: string;
  readonly sourceETag: string;
  readonly destinationETag: string;
}

/**
 * Fingerprints of pairs whose keys lie between `first` and `last`. The keys themselves are not kept, so a part holds many pairs.
 * In the run store, a part is the sorted fingerprints, each of `FINGERPRINT_BYTES`.
 */
export interface EvidencePart {
  readonly name: string;
  readonly first: string;
  readonly last: string;
}

/** Names a pair by its key and both ETags. If either object changes, it is another pair, and nothing is known about it. */
export function fingerprint({ key, sourceETag, destinationETag }: ProvenPair): Buffer {
  const text = [sourceETag.length, destinationETag.length, sourceETag, destinationETag, key].join(' ');
  return createHash('sha256').update(text).digest().subarray(0, FINGERPRINT_BYTES);
}

/** The folder of one mirror: evidence about one pair of folders says nothing about another pair. */
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

/** How the names of all files of a run begin. The names of later runs come behind. */
export function generationOf({ startedAt, executionId }: Pick<Run, 'startedAt' | 'executionId'>): string {
  return `${startedAt.replaceAll(/\W/g, '')}-${sha256(executionId).slice(0, 16)}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
