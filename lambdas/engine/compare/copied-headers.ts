import { KEPT_HEADERS, type KeptHeader } from '../../../statemachine/lacks';
import type { ObjectAttributes, ObjectHead } from '../ports/bucket-reader';
import type { KnownLacks } from '../ports/known-lacks';

const NAMES = Object.keys(KEPT_HEADERS) as KeptHeader[];

/** Headers that a copy should have and does not have. A header with another value is not lost: somebody else may have written it. */
export function lostHeaders(source: ObjectAttributes, copy: ObjectAttributes): KeptHeader[] {
  return NAMES.filter((name) => source[name] !== undefined && copy[name] === undefined);
}

/** The HeadObject answer of the source, without headers that the server is known to lose and that the destination lacks. */
export function withoutLost(lacks: KnownLacks | undefined, source: ObjectHead, destination: ObjectHead): ObjectHead {
  if (!lacks) return source;
  const lost = lostHeaders(source.attributes, destination.attributes).filter((name) => lacks.has(`header:${name}`));
  if (lost.length === 0) return source;
  const without = Object.fromEntries(lost.map((name) => [name, undefined]));
  return { ...source, attributes: { ...source.attributes, ...without } };
}
