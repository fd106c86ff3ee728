import type { Tag } from '../../engine/ports/bucket-reader';

/** Tags in the form of the header x-amz-tagging. Undefined if there are none. */
export function encodeTags(tags: readonly Tag[]): string | undefined {
  if (tags.length === 0) return undefined;
  return tags.map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
}
