import type { Send } from './object-copier';
import { type ObjectHead, type ObjectSource, StoreError } from './object-store';

/**
 * Makes sure that a copy does not hold the headers of one version and the content of another. Conditions go by the ETag,
 * which stays equal where the same bytes are put again with other headers; only the date tells.
 *
 * A copy that has begun before this holds notices what changes later in the next run: the source is not older then.
 *
 * @throws StoreError  `changed`
 */
export async function expectSameVersion(
  key: string,
  head: ObjectHead,
  source: ObjectSource,
  send: Send,
): Promise<void> {
  const { eTag, lastModified } = await send(() => source.headObject(key));
  if (eTag === head.eTag && lastModified === head.lastModified) return;
  throw new StoreError('changed', 'The source was written again while its headers were read');
}
