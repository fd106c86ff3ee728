import type { Tag } from '../../engine/ports/bucket-reader';

/** As the header x-amz-tagging has them; undefined for none. */
export function encodeTags(tags: readonly Tag[]): string | undefined {
  if (tags.length === 0) return undefined;
  return tags.map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
}
