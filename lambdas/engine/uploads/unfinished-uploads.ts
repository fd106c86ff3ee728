import type { KeyRange, RangeInput, UnfinishedUpload } from '../../../statemachine/contract';
import { isWithin } from '../keys/key-range';
import type { ListedObject } from '../ports/bucket-reader';
import type { ObjectUploads } from '../ports/object-uploads';

/**
 * The uploads that travel from round to round: what a Task gets of earlier ones, and what it leaves to the next. A key lies in
 * one range only, so just one Task has an upload.
 */
export class UnfinishedUploads {
  /** Of this Task's ranges. The others belong to other Tasks. */
  readonly #earlier: ReadonlyMap<string, UnfinishedUpload>;
  readonly #taken = new Set<string>();
  readonly #handedOn: UnfinishedUpload[] = [];

  constructor({ tokens, uploads = [] }: Pick<RangeInput, 'tokens' | 'uploads'>) {
    this.#earlier = new Map(uploadsWithin(tokens, uploads).map((upload) => [upload.key, upload]));
  }

  /** The upload that an earlier round began of this very version. */
  of({ key, eTag }: Pick<ListedObject, 'key' | 'eTag'>): UnfinishedUpload | undefined {
    const upload = this.#earlier.get(key);
    return upload?.eTag === eTag ? upload : undefined;
  }

  /** Whether an earlier round began an upload of another version: it copied one that is later than the plan. */
  hasOther({ key, eTag }: Pick<ListedObject, 'key' | 'eTag'>): boolean {
    const upload = this.#earlier.get(key);
    return upload !== undefined && upload.eTag !== eTag;
  }

  /** From now on the copy of the object answers for the upload: it completes it, aborts it or hands it on. */
  take(key: string): void {
    this.#taken.add(key);
  }

  isTaken(key: string): boolean {
    return this.#taken.has(key);
  }

  handOn(upload: UnfinishedUpload): void {
    this.#handedOn.push(upload);
  }

  get handedOn(): readonly UnfinishedUpload[] {
    return this.#handedOn;
  }

  /** What the next round gets. @param left  the ranges that are not walked yet */
  carriedOn(left: readonly KeyRange[]): UnfinishedUpload[] {
    return [...uploadsWithin(left, this.#untaken), ...this.#handedOn];
  }

  /** Uploads that no object needs any longer. @param left  the ranges that are not walked yet */
  unused(left: readonly KeyRange[]): UnfinishedUpload[] {
    const kept = new Set(uploadsWithin(left, this.#untaken));
    return this.#untaken.filter((upload) => !kept.has(upload));
  }

  get #untaken(): UnfinishedUpload[] {
    return [...this.#earlier.values()].filter(({ key }) => !this.#taken.has(key));
  }
}

/** The uploads of objects within any of the ranges. */
export function uploadsWithin(ranges: readonly KeyRange[], uploads: readonly UnfinishedUpload[]): UnfinishedUpload[] {
  return uploads.filter(({ key }) => ranges.some((range) => isWithin(range, key)));
}

/**
 * Aborts uploads that nobody will continue. Completed uploads no longer exist. An upload that cannot be aborted is
 * left to a lifecycle rule, because an error here must not hide how the copies ended.
 */
export async function abortAll(
  unfinished: readonly UnfinishedUpload[],
  uploads: Pick<ObjectUploads, 'abort'>,
): Promise<void> {
  await Promise.allSettled(unfinished.map(({ key, id }) => uploads.abort(key, id)));
}
