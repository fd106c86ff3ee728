import { sameAttributes } from '../compare/same-attributes';
import { sameSecond } from '../compare/same-second';
import type { Send } from '../concurrency/send';
import type { BucketReader, ObjectHead } from '../ports/bucket-reader';
import { StoreError } from '../ports/store-error';

/** The source's headers changed while they were read. */
export class RewrittenError extends StoreError {
  constructor() {
    super('changed', 'The source was written again while its headers were read');
  }
}

/**
 * Makes sure that a copy does not hold the headers of one version and the content or the tags of another. Conditions
 * compare the ETag. It stays equal if the same bytes are put again with other headers, so only the headers and the date
 * show this change.
 *
 * If the source changes after this check, the next run notices it: the source is then not older than a copy that began
 * before.
 *
 * @throws RewrittenError
 */
export async function expectSameVersion(
  key: string,
  head: ObjectHead,
  source: BucketReader,
  send: Send,
): Promise<void> {
  const { eTag, lastModified, attributes } = await send(() => source.headObject(key));
  if (eTag === head.eTag && sameSecond(lastModified, head.lastModified) && sameAttributes(attributes, head.attributes))
    return;
  throw new RewrittenError();
}
