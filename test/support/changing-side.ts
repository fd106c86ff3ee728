import type { BucketReader, ListedObject, ObjectPage, PageRequest } from '../../lambdas/engine/ports/bucket-reader';
import { ListOnly } from './list-only';

export function listedObject(key: string): ListedObject {
  return { key, sizeBytes: 1, eTag: 'e', lastModified: 0, storageClass: 'STANDARD', archived: false };
}

/**
 * One side in memory, whose keys may change while it is listed. As in S3, a page covers so many names, delete markers
 * among them, so that it can be short or empty, and the next one begins behind what it covered.
 */
export class ChangingSide extends ListOnly implements BucketReader {
  readonly requests: PageRequest[] = [];
  /** Requests under way at the same time, at most. */
  mostOpen = 0;
  #open = 0;

  /**
   * @param keys  what is listed; ASCII, so that `<` is S3's order
   * @param markers  names that are passed over
   * @param pause  called on a request's way there and on its way back
   */
  constructor(
    readonly keys: Set<string>,
    private readonly markers: ReadonlySet<string> = new Set(),
    private readonly pageSize = 2,
    private readonly pause: (what: string) => Promise<unknown> = async () => {},
  ) {
    super();
  }

  async listPage(request: PageRequest): Promise<ObjectPage> {
    this.requests.push(request);
    this.#open += 1;
    this.mostOpen = Math.max(this.mostOpen, this.#open);
    await this.pause('request');
    const page = this.#page(request.continuation ?? request.startAfter, request.keyPrefix);
    await this.pause('answer');
    this.#open -= 1;
    return page;
  }

  #page(after: string | undefined, keyPrefix = ''): ObjectPage {
    const names = [...new Set([...this.keys, ...this.markers])].filter(
      (name) => name.startsWith(keyPrefix) && (after === undefined || name > after),
    );
    const covered = names.sort().slice(0, this.pageSize);
    const objects = covered.filter((name) => this.keys.has(name)).map(listedObject);
    return { objects, ...(covered.length < names.length && { next: covered.at(-1) }) };
  }
}
