import PQueue from 'p-queue';
import { CredentialsExpiredError } from '../../../statemachine/errors';
import { compareKeys } from '../keys/compare-keys';
import { justBefore } from '../keys/key-range';
import { HiddenAbsence, isListed } from '../listing/hidden-absence';
import type { BucketReader, ObjectHead } from '../ports/bucket-reader';
import { StoreError } from '../ports/store-error';

/** How long a proof that the source lacks a key is valid. */
export const PROOF_GOOD_FOR_MS = 5_000;

const HEADS_AT_ONCE = 64;

/** A list page costs about as much as this many HEADs. */
const HEADS_PER_PAGE = 12;

/** The source's object under a key that was listed as absent, or an error if the source does not say. */
export type Found = ObjectHead | 'listed' | StoreError;

type OnAbsent = (key: string) => void;

/** What a delete asks before it is sent. */
export type DeleteProof = Pick<OrphanProof, 'ask' | 'askByHead'>;

/** For an undo: the key was not there before the run, whatever the source has now. The version that the run made is the condition. */
export const NO_PROOF: DeleteProof = { ask: proveAll, askByHead: proveAll };

async function proveAll(keys: readonly string[], onAbsent: OnAbsent = () => {}): Promise<Map<string, Found>> {
  for (const key of keys) onAbsent(key);
  return new Map();
}

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
    return this.kind === 'head' ? this.askByHead(keys, onAbsent) : this.#askByEither(keys, onAbsent);
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

  /**
   * One page for many neighbours, which begins right before the first key that no earlier page covers, and a HEAD for each lone
   * key. Only a page shows how many neighbours there are: the fewer pages have many, the more HEADs come before the next page.
   */
  async #askByEither(keys: readonly string[], onAbsent: OnAbsent): Promise<Map<string, Found>> {
    const found = new Map<string, Found>();
    let [index, continuation]: [number, string | undefined] = [0, undefined];
    let lone = 0;
    while (index < keys.length) {
      const heads = Math.max(lone, keys.length - index <= HEADS_PER_PAGE ? HEADS_PER_PAGE : 0);
      if (heads > 0 && continuation === undefined) {
        const some = keys.slice(index, index + heads);
        for (const [key, answer] of await this.#askLone(some, onAbsent)) found.set(key, answer);
        index += some.length;
        if (index >= keys.length) break;
      }
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
      if (continuation === undefined) lone = index - before >= HEADS_PER_PAGE ? 0 : Math.max(HEADS_PER_PAGE, 2 * lone);
    }
    return found;
  }

  /** A HEAD may fail because of how the object is encrypted. Then a listing tells whether it is there. */
  async #askLone(keys: readonly string[], onAbsent: OnAbsent): Promise<Map<string, Found>> {
    const found = await this.askByHead(keys, onAbsent);
    for (const [key, answer] of found) {
      const isThere = answer instanceof StoreError && (await isListed(this.source, key).catch(() => false));
      if (isThere) found.set(key, 'listed');
    }
    return found;
  }
}

function toStoreError(error: unknown): StoreError {
  if (error instanceof CredentialsExpiredError) throw error;
  return error instanceof StoreError ? error : new StoreError('refused', String(error), error);
}
