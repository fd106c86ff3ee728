import type { RangeInput } from '../../../statemachine/contract';
import { HiddenAbsence, isListed } from '../listing/hidden-absence';
import type { ListedObject } from '../ports/bucket-reader';
import type { Buckets } from '../ports/bucket-writer';
import type { KnownLacks } from '../ports/known-lacks';
import { StoreError, type StoreErrorReason } from '../ports/store-error';
import { writesConditionally } from '../run/writes-conditionally';

interface Task {
  readonly input: RangeInput;
  readonly buckets: Buckets;
  readonly lacks: KnownLacks | undefined;
}

/** Why an object could not be copied. An error about a missing object may be about either side, or no truth at all. */
export class FailureReasons {
  readonly #source: HiddenAbsence;
  readonly #destination: HiddenAbsence;

  constructor(private readonly task: Task) {
    this.#source = new HiddenAbsence(task.buckets.source);
    this.#destination = new HiddenAbsence(task.buckets.destination);
  }

  /**
   * An object counts as gone only if HeadObject says so as well. If the request had a condition, the missing object may be
   * the destination's.
   */
  async find(error: unknown, { key }: ListedObject): Promise<StoreErrorReason> {
    if (!(error instanceof StoreError)) return 'refused';
    if (error.reason === 'access-denied') return (await isGone(this.#source, key)) ? 'gone' : 'access-denied';
    if (error.reason !== 'gone') return error.reason;
    return this.task.buckets.source.headObject(key).then(
      () => (writesConditionally(this.task.input.run) ? 'changed' : 'contradictory'),
      (gone: unknown) => this.#reasonOfHead(gone, key),
    );
  }

  /**
   * A proxy may answer 404 to everything while its server is away. For a HEAD this looks like S3's own answer, for a
   * listing it does not.
   */
  async #reasonOfHead(error: unknown, key: string): Promise<StoreErrorReason> {
    const reason = error instanceof StoreError ? error.reason : 'refused';
    if (reason !== 'gone' || !this.task.lacks) return reason;
    return isListed(this.task.buckets.source, key).then(
      (isThere) => (isThere ? 'contradictory' : 'gone'),
      () => 'refused',
    );
  }

  /** Makes undefined of an error that says that the destination has no such object. */
  noneAtDestination({ key }: ListedObject): (error: unknown) => Promise<undefined> {
    return async (error) => {
      const reason = error instanceof StoreError ? error.reason : undefined;
      if (reason === 'gone' || (reason === 'access-denied' && (await isGone(this.#destination, key)))) return undefined;
      throw error;
    };
  }
}

/** For a rejected request. If the key cannot be listed, the object does not count as gone. */
function isGone(absence: HiddenAbsence, key: string): Promise<boolean> {
  return absence.explains(key).catch(() => false);
}
