import type { SyncInput } from '../../../statemachine/contract';
import { sha256 } from '../remembered/files';
import { fingerprintOf } from '../remembered/records';
import type { PartOfKeys } from '../remembered/sorted-parts';

/** The folder of all evidence in the run store. */
export const EVIDENCE_FOLDER = 'evidence/';

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
export type EvidencePart = PartOfKeys;

/** Names a pair by its key and both ETags. If either object changes, it is another pair, and nothing is known about it. */
export function fingerprint({ key, sourceETag, destinationETag }: ProvenPair): Buffer {
  return fingerprintOf([sourceETag, destinationETag], key);
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
