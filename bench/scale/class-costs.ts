import { Surcharges } from '../../lambdas/engine/cost/surcharges';
import { emptyCounters } from '../../statemachine/contract';
import { STORAGE_CLASSES } from '../../statemachine/input/sync-input';

/** What a run would cost if all that it copies went into one class. */
export interface ClassCost {
  readonly storageClass: string;
  readonly usd: number;
  /** The same where a KMS key encrypts each copy, and the bucket has no bucket key. */
  readonly kmsUsd: number;
}

/** @param usd  what it costs in STANDARD @param copied  objects, each by one CopyObject */
export function priceByClass(usd: number, copied: number): ClassCost[] {
  return STORAGE_CLASSES.map((storageClass) => {
    const counters = emptyCounters();
    const surcharges = new Surcharges(counters, Date.now);
    surcharges.copied({ sizeBytes: 0, storageClass: 'STANDARD', lastModified: 0 }, storageClass, undefined);
    surcharges.askedKms();
    const { copy = 0, kms = 0 } = counters.surcharges ?? {};
    const inClass = usd + (copied * copy) / 1e9;
    return { storageClass, usd: inClass, kmsUsd: inClass + (copied * kms) / 1e9 };
  });
}
