import { addSurcharges, type Counters, type SurchargeKind } from '../../../statemachine/contract';
import type { ListedObject } from '../ports/bucket-reader';
import { PRICES, pricesOf } from './prices';

const DAY_MS = 86_400_000;
const GIB = 1024 ** 3;
const DAYS_OF_MONTH = 30;
const STANDARD = pricesOf('STANDARD');

/** In these classes, parts cost as much as in STANDARD. Only the request that completes the upload has the price of the class. */
const ARCHIVES: ReadonlySet<string> = new Set(['GLACIER', 'DEEP_ARCHIVE']);

type Stored = Pick<ListedObject, 'sizeBytes' | 'storageClass' | 'lastModified'>;

/** Adds to the counters of a Task what S3 and KMS charge in addition to STANDARD's price of each request. */
export class Surcharges {
  constructor(
    private readonly counters: Counters,
    private readonly now: () => number,
  ) {}

  /**
   * A copy was made.
   *
   * @param storageClass  of the copy
   * @param parts  undefined: the copy was one CopyObject
   */
  copied(source: Stored, storageClass: string, parts: number | undefined): void {
    const requests = parts === undefined || ARCHIVES.has(storageClass) ? 1 : parts + 2;
    this.#add('copy', requests * (pricesOf(storageClass).write - STANDARD.write));
    this.#add('retrieval', (source.sizeBytes / GIB) * pricesOf(source.storageClass).retrievalGib);
  }

  /** HEADs were sent for an object. */
  asked({ storageClass }: Pick<Stored, 'storageClass'>, times = 1): void {
    this.#add('head', times * (pricesOf(storageClass).read - STANDARD.read));
  }

  /**
   * An object of the destination was overwritten or deleted. AWS charges for the shortest time of its class all the same. If the
   * destination has versioning, the object stays and nothing is charged; this estimate does not know that.
   */
  ended({ sizeBytes, storageClass, lastModified }: Stored): void {
    const { storageGibMonth, leastDays, leastBytes } = pricesOf(storageClass);
    const daysLeft = Math.min(leastDays, leastDays - (this.now() - lastModified) / DAY_MS);
    if (daysLeft <= 0) return;
    this.#add('earlyDelete', (Math.max(sizeBytes, leastBytes) / GIB) * storageGibMonth * (daysLeft / DAYS_OF_MONTH));
  }

  /** S3 has sent a request to KMS. */
  askedKms(): void {
    this.#add('kms', PRICES.kmsRequest);
  }

  #add(kind: SurchargeKind, usd: number): void {
    const nanoUsd = Math.round(usd * 1e9);
    if (nanoUsd !== 0) this.counters.surcharges = addSurcharges(this.counters.surcharges, { [kind]: nanoUsd });
  }
}
