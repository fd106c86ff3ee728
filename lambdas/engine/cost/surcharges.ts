import { addSurcharges, type Counters, type SurchargeKind } from '../../../statemachine/contract';
import type { ListedObject } from '../ports/bucket-reader';
import { PRICES, pricesOf } from './prices';

const DAY_MS = 86_400_000;
const GIB = 1024 ** 3;
const DAYS_OF_MONTH = 30;
const STANDARD = pricesOf('STANDARD');

/** Parts are uploaded at STANDARD's price; only what completes the upload costs that of the class. */
const ARCHIVES: ReadonlySet<string> = new Set(['GLACIER', 'DEEP_ARCHIVE']);

type Stored = Pick<ListedObject, 'sizeBytes' | 'storageClass' | 'lastModified'>;

/** Adds to the counters of a Task what S3 and KMS charge beyond STANDARD's price of each request. */
export class Surcharges {
  constructor(
    private readonly counters: Counters,
    private readonly now: () => number,
  ) {}

  /**
   * A copy was made.
   *
   * @param storageClass  of the copy
   * @param parts  undefined: by one CopyObject
   */
  copied(source: Stored, storageClass: string, parts: number | undefined): void {
    const requests = parts === undefined || ARCHIVES.has(storageClass) ? 1 : parts + 2;
    this.#add('copy', requests * (pricesOf(storageClass).write - STANDARD.write));
    this.#add('retrieval', (source.sizeBytes / GIB) * pricesOf(source.storageClass).retrievalGib);
  }

  /** The headers of an object were asked for. */
  asked({ storageClass }: Pick<Stored, 'storageClass'>, times = 1): void {
    this.#add('head', times * (pricesOf(storageClass).read - STANDARD.read));
  }

  /**
   * An object of the destination was overwritten or deleted: its class is charged for its shortest time all the same. A
   * destination that keeps versions keeps the object, too, and is not charged.
   */
  ended({ sizeBytes, storageClass, lastModified }: Stored): void {
    const { storageGibMonth, leastDays, leastBytes } = pricesOf(storageClass);
    const daysLeft = Math.min(leastDays, leastDays - (this.now() - lastModified) / DAY_MS);
    if (daysLeft <= 0) return;
    this.#add('earlyDelete', (Math.max(sizeBytes, leastBytes) / GIB) * storageGibMonth * (daysLeft / DAYS_OF_MONTH));
  }

  /** S3 has asked KMS for a key. */
  askedKms(): void {
    this.#add('kms', PRICES.kmsRequest);
  }

  #add(kind: SurchargeKind, usd: number): void {
    const nanoUsd = Math.round(usd * 1e9);
    if (nanoUsd !== 0) this.counters.surcharges = addSurcharges(this.counters.surcharges, { [kind]: nanoUsd });
  }
}
