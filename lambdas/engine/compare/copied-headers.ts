import { KEPT_HEADERS, type KeptHeader } from '../../../statemachine/lacks';
import type { ObjectAttributes, ObjectHead } from '../ports/bucket-reader';
import type { KnownLacks } from '../ports/known-lacks';

const NAMES = Object.keys(KEPT_HEADERS) as KeptHeader[];

/** Headers that a copy should have and does not have. A header with another value is not lost: somebody else may have written it. */
export function lostHeaders(source: ObjectAttributes, copy: ObjectAttributes): KeptHeader[] {
  return NAMES.filter((name) => source[name] !== undefined && copy[name] === undefined);
}

/** What servers that keep folders make of the Content-Type of a key that ends in a slash. */
const FOLDER_TYPE = 'application/x-directory';

/** The HeadObject answer of the source, as it can be compared: without headers that the destination is known to lose, or chooses. */
export function withoutLost(
  lacks: KnownLacks | undefined,
  key: string,
  source: ObjectHead,
  destination: ObjectHead,
): ObjectHead {
  if (!lacks) return source;
  const [from, to] = [source.attributes, destination.attributes];
  const lost = lostHeaders(from, to).filter((name) => lacks.has(`header:${name}`));
  // A source without a Content-Type cannot set one, and some servers guess it from the content.
  const isFolder = key.endsWith('/') && to.contentType === FOLDER_TYPE;
  const isChosen = isFolder || (to.contentType !== undefined && from.contentType === undefined);
  if (lost.length === 0 && !isChosen) return source;
  const without = Object.fromEntries(lost.map((name) => [name, undefined]));
  return { ...source, attributes: { ...from, ...without, ...(isChosen && { contentType: to.contentType }) } };
}
