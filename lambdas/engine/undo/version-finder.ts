import PQueue from 'p-queue';
import { ListingError } from '../../../statemachine/errors';
import { compareKeys } from '../keys/compare-keys';
import { justBefore } from '../keys/key-range';
import { TokenWatch } from '../listing/token-watch';
import type { ListedObject } from '../ports/bucket-reader';
import type {
  BucketVersions,
  KeptVersion,
  VersionMarker,
  VersionsPage,
  VersionsRequest,
} from '../ports/bucket-versions';
import type { Finder, FoundKeys } from '../walk/key-finder';
import { judgeKey, type Stack, type Verdict } from './judge-key';
import type { Written } from './written';

/** A key of the run that is undone, with what is to become of it. */
export interface JudgedKey extends ListedObject {
  readonly verdict: Verdict;
}

/** How many keys are asked for at the same time, if hardly any two of them are on one page. */
const LISTS_AT_ONCE = 32;
/** A page with fewer keys than this is no better than lists of single keys. */
const NEIGHBOURS = 4;
/** A proxy may cut an answer. */
const TRIES = 3;

/** Finds out by lists of versions what brings some keys back. Neighbours share pages. */
export class VersionFinder implements Finder {
  readonly batch = 1000;
  readonly #lists = new PQueue({ concurrency: LISTS_AT_ONCE });

  /** @param startedAt  of the run that is undone, in milliseconds since 1970 */
  constructor(
    private readonly versions: BucketVersions,
    private readonly written: ReadonlyMap<string, Written>,
    private readonly startedAt: number,
    /** The server lists the versions of a key from the newest to the oldest, as AWS does. */
    private readonly keepsOrder: boolean,
  ) {}

  async find(keys: readonly string[]): Promise<FoundKeys> {
    const objects = new Map<string, JudgedKey>();
    let left = keys;
    while (left.length > 0) {
      try {
        // a server other than AWS may leave out the first version behind a KeyMarker
        const covered = this.keepsOrder ? await this.#readNeighbours(left, objects) : 0;
        const lone = covered < NEIGHBOURS ? left.slice(covered, covered + LISTS_AT_ONCE) : [];
        await this.#readLone(lone, objects);
        left = left.slice(covered + lone.length);
      } catch (error) {
        if (!(error instanceof ListingError)) throw error;
        const key = keys.find((each) => !objects.has(each)) as string;
        return { objects, failed: { key, error } };
      }
    }
    return { objects };
  }

  /** Lists a page that begins at the first key. @returns how many keys it tells all about */
  async #readNeighbours(keys: readonly string[], objects: Map<string, JudgedKey>): Promise<number> {
    const { versions, next } = await this.#list({ after: before(keys[0] as string) });
    const beyond = next ? keys.findIndex((key) => compareKeys(key, next.key) >= 0) : -1;
    const covered = beyond < 0 ? keys : keys.slice(0, beyond);
    const stacks = Map.groupBy(versions, ({ key }) => key);
    for (const key of covered) this.#judge(key, { versions: stacks.get(key) ?? [], isWhole: true }, objects);
    return covered.length;
  }

  async #readLone(keys: readonly string[], objects: Map<string, JudgedKey>): Promise<void> {
    await Promise.all(keys.map((key) => this.#lists.add(() => this.#readOne(key, objects))));
  }

  /** Lists the versions of one key until it can be judged: a key may have more of them than a page. */
  async #readOne(key: string, objects: Map<string, JudgedKey>): Promise<void> {
    const versions: KeptVersion[] = [];
    const watch = new TokenWatch();
    let after: VersionMarker | undefined;
    for (;;) {
      const page = await this.#list({ keyPrefix: key, ...(after && { after }) });
      versions.push(...page.versions.filter((version) => version.key === key));
      const isWhole = page.next === undefined || compareKeys(page.next.key, key) > 0;
      if (this.#judge(key, { versions, isWhole }, objects)) return;
      after = page.next;
      watch.take(JSON.stringify(after));
    }
  }

  #judge(key: string, stack: Stack, objects: Map<string, JudgedKey>): boolean {
    const written = this.written.get(key);
    if (!written) throw new Error(`Expected what the run has done to ${JSON.stringify(key)}, got nothing`);
    const verdict = judgeKey(written, stack, this.startedAt);
    if (!verdict) return false;
    const { sizeBytes, eTag } = written;
    const unknown = { lastModified: 0, storageClass: 'STANDARD', archived: false };
    objects.set(key, { key, sizeBytes, eTag, ...unknown, verdict });
    return true;
  }

  async #list(
    request: Omit<VersionsRequest, 'after'> & { readonly after?: VersionMarker | undefined },
    tries = TRIES,
  ): Promise<VersionsPage> {
    const { after, ...rest } = request;
    try {
      const page = await this.versions.listVersions({ ...rest, ...(after && { after }) });
      return this.keepsOrder ? page : { ...page, versions: byDate(page.versions) };
    } catch (error) {
      if (tries === 1 || !(error instanceof ListingError) || !error.isBroken) throw error;
      return this.#list(request, tries - 1);
    }
  }
}

function before(key: string): VersionMarker | undefined {
  const marker = justBefore(key);
  return marker === undefined ? undefined : { key: marker };
}

/** A server other than AWS may list all delete markers behind all objects. */
function byDate(versions: readonly KeptVersion[]): readonly KeptVersion[] {
  return [...versions].sort((a, b) => compareKeys(a.key, b.key) || b.lastModified - a.lastModified);
}
