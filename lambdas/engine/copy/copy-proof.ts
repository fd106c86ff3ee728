import { lostHeaders } from '../compare/copied-headers';
import { sameChecksums } from '../compare/same-attributes';
import { sameSecond } from '../compare/same-second';
import type { Send } from '../concurrency/send';
import type { BucketReader, ListedObject, ObjectHead } from '../ports/bucket-reader';
import type { Buckets } from '../ports/bucket-writer';
import type { KnownLacks } from '../ports/known-lacks';
import { StoreError, UnsupportedError } from '../ports/store-error';

/** The copy exists, but S3 stores a wrong checksum for it. A reader that checks it would call the content damaged. */
export class WrongChecksumError extends StoreError {
  readonly lack = 'partChecksums';

  constructor(
    /** The ETag of the copy. */
    readonly eTag: string,
    source: Checksums,
    copy: Checksums,
  ) {
    super(
      'wrong-checksum',
      `The copy has another checksum than the source: expected ${JSON.stringify(source)}, got ${JSON.stringify(copy)}. ` +
        'This S3 stores wrong checksums for copies in parts, and programs that check them cannot read the copy. Put the ' +
        'object in one piece at the source, or leave it out with `exclude`',
    );
  }
}

type Checksums = Readonly<Record<string, string>>;

/** Whether an upload without a checksum may do what one with a checksum did not. */
export function isAboutChecksum(error: unknown): boolean {
  return error instanceof WrongChecksumError || (error instanceof UnsupportedError && error.lack === 'uploadChecksums');
}

/**
 * Checks a copy in parts that a server other than AWS has made.
 *
 * @param head  HeadObject of the source, with its checksums
 * @param eTag  the ETag of the copy; undefined if the server did not return it
 * @returns HeadObject of the copy, if it was asked
 * @throws WrongChecksumError
 */
export async function proveCopy(
  { lacks, buckets }: { readonly lacks: KnownLacks | undefined; readonly buckets: Buckets },
  head: ObjectHead,
  { key, sizeBytes }: Pick<ListedObject, 'key' | 'sizeBytes'>,
  eTag: string | undefined,
  send: Send,
): Promise<ObjectHead | undefined> {
  if (!lacks) return undefined;
  const made = await readable(() => send(() => buckets.destination.headObject(key, { checksums: true })));
  // Somebody else has replaced the object, or the run may not read it.
  if (!made || (eTag !== undefined && made.eTag !== eTag)) return undefined;
  for (const name of lostHeaders(head.attributes, made.attributes)) {
    lacks.add(`header:${name}`, undefined, { lasting: true });
  }
  const differ = sameChecksums(head, made) === false || (made.eTag === head.eTag && !sameComposites(head, made));
  if (!made.isSizeHidden && made.sizeBytes !== sizeBytes) {
    throw new StoreError('refused', `Expected a copy of ${sizeBytes} bytes, and S3 made one of ${made.sizeBytes}`);
  }
  if (differ) {
    const all = ({ checksums, composites }: ObjectHead) => ({ ...checksums, ...composites });
    throw new WrongChecksumError(made.eTag, all(head), all(made));
  }
  return made;
}

/** Equal parts give equal composite checksums. */
function sameComposites({ composites: one = {} }: ObjectHead, { composites: other = {} }: ObjectHead): boolean {
  return Object.keys(one).every((algorithm) => !(algorithm in other) || one[algorithm] === other[algorithm]);
}

/** Makes sure that a copy without a condition is a copy of the listed version. @throws StoreError  `changed` */
export async function expectListedVersion(listed: ListedObject, source: BucketReader, send: Send): Promise<void> {
  const { eTag, lastModified } = await send(() => source.headObject(listed.key));
  if (eTag === listed.eTag && sameSecond(lastModified, listed.lastModified)) return;
  throw new StoreError('changed', 'The source was written again while it was copied');
}

/** A run that may write at the destination may still not be allowed to read there. */
export async function readable(ask: () => Promise<ObjectHead>): Promise<ObjectHead | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof StoreError && (error.reason === 'access-denied' || error.reason === 'gone')) return undefined;
    throw error;
  }
}

/** The copy exists already: if S3 refuses the question, the copy has not failed. */
export async function known<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof StoreError) return undefined;
    throw error;
  }
}
