import type { ObjectHead, ObjectPage, PageRequest } from '../../lambdas/engine/ports/bucket-reader';
import { StoreError } from '../../lambdas/engine/ports/store-error';
import { ListingError } from '../../statemachine/errors';
import { ChangingSide, listedObject } from './changing-side';

/** What a side says to a HEAD: the truth, or something that no key may be taken for absent by. */
export type HeadAnswer = 'true' | 'denied' | 'refused' | 'without size';

/** A side in memory that also answers HEADs. */
export class KeySide extends ChangingSide {
  /** Keys that were asked for by HEAD. */
  readonly heads: string[] = [];
  /** Pages that begin right before one of these keys cannot be listed. */
  readonly broken = new Set<string>();

  /** @param answers  to HEADs of some keys; absent: the truth */
  constructor(
    keys: Iterable<string>,
    pageSize: number,
    private readonly answers: ReadonlyMap<string, HeadAnswer> = new Map(),
    markers: Iterable<string> = [],
  ) {
    super(new Set(keys), new Set(markers), pageSize);
  }

  get lists(): number {
    return this.requests.length;
  }

  override async listPage(request: PageRequest): Promise<ObjectPage> {
    const { startAfter = '' } = request;
    const next = [...this.broken].find((key) => startAfter < key && key.startsWith(startAfter.slice(0, -3)));
    if (request.startAfter !== undefined && next !== undefined) throw new ListingError('503');
    return super.listPage(request);
  }

  override async headObject(key: string): Promise<never> {
    this.heads.push(key);
    const answer = this.answers.get(key) ?? 'true';
    if (answer === 'denied') throw new StoreError('access-denied', 'AccessDenied');
    if (answer === 'refused') throw new StoreError('refused', 'InternalError');
    if (!this.keys.has(key)) throw new StoreError('gone', 'NotFound');
    return headOf(key, answer === 'without size' ? 0 : 1) as never;
  }
}

function headOf(key: string, sizeBytes: number): ObjectHead {
  return {
    ...{ ...listedObject(key), sizeBytes, lastModified: 1 },
    ...{ attributes: { metadata: {} }, opaqueETag: false, checksums: {}, tagCount: 0 },
  };
}
