import PQueue from 'p-queue';
import { CredentialsExpiredError } from '../../../statemachine/errors';
import { compareKeys } from '../keys/compare-keys';
import { justBefore } from '../keys/key-range';
import { HiddenAbsence } from '../listing/hidden-absence';
import type { BucketReader, ObjectHead } from '../ports/bucket-reader';
import { StoreError } from '../ports/store-error';

/** How long a proof that the source lacks a key is valid. */
export const PROOF_GOOD_FOR_MS = 5_000;

const HEADS_AT_ONCE = 64;

/** The source's object under a key that was listed as absent, or an error if the source does not say. */
export type Found = ObjectHead | 'listed' | StoreError;

type OnAbsent = (key: string) => void;

/** Asks the source whether it really lacks some keys. */
export class OrphanProof {
  readonly #heads = new PQueue({ concurrency: HEADS_AT_ONCE });
  readonly #absent: HiddenAbsence;

  constructor(
    private readonly source: BucketReader,
    private readonly kind: 'list' | 'head',
  ) {
    this.#absent = new HiddenAbsence(source);
  }

  /**
   * @param keys  in order
   * @param onAbsent  called for each key that the source lacks, as soon as that is known
   * @returns the keys that the source may hold; all others are orphans
   */
  ask(keys: readonly string[], onAbsent: OnAbsent = () => {}): Promise<Map<string, Found>> {
    return this.kind === 'head' ? this.askByHead(keys, onAbsent) : this.#askByList(keys, onAbsent);
  }

  /**
   * One HEAD for each key, which does not depend on a complete listing. If S3 hides whether a key is absent, a listing of
   * the key.
   */
  async askByHead(keys: readonly string[], onAbsent: OnAbsent = () => {}): Promise<Map<string, Found>> {
    const found = new Map<string, Found>();
    await Promise.all(
      keys.map((key) =>
        this.#heads.add(async () => {
          const answer = await this.source.headObject(key).catch(toStoreError);
          if (await this.#saysThatItIsGone(key, answer)) onAbsent(key);
          else found.set(key, answer);
        }),
      ),
    );
    return found;
  }

  async #saysThatItIsGone(key: string, answer: ObjectHead | StoreError): Promise<boolean> {
    if (!(answer instanceof StoreError)) return false;
    if (answer.reason === 'access-denied') return this.#absent.explains(key).catch(() => false);
    return answer.reason === 'gone';
  }

  /** One page for several neighbours. It begins right before the first key that no earlier page covers. */
  async #askByList(keys: readonly string[], onAbsent: OnAbsent): Promise<Map<string, Found>> {
    const found = new Map<string, Found>();
    let [index, continuation]: [number, string | undefined] = [0, undefined];
    while (index < keys.length) {
      const first = keys[index] as string;
      const page = await this.source.listPage(continuation ? { continuation } : { startAfter: justBefore(first) });
      const last = page.next === undefined ? undefined : page.objects.at(-1)?.key;
      const listed = new Set(page.objects.map(({ key }) => key));
      const before = index;
      while (
        index < keys.length &&
        (page.next === undefined || (last !== undefined && compareKeys(keys[index] as string, last) <= 0))
      ) {
        const key = keys[index] as string;
        if (listed.has(key)) found.set(key, 'listed');
        else onAbsent(key);
        index += 1;
      }
      // A page without keys of the range proves nothing, so the next page has to.
      continuation = index === before ? page.next : undefined;
    }
    return found;
  }
}

function toStoreError(error: unknown): StoreError {
  if (error instanceof CredentialsExpiredError) throw error;
  return error instanceof StoreError ? error : new StoreError('refused', String(error), error);
}
