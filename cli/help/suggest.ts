import { distance } from 'fastest-levenshtein';

/** In a word with this many letters or more, two may be wrong. */
const LONG = 7;
/** So many letters are enough to begin a word. */
const BEGINNING = 4;

/** The one name that somebody most likely meant. A wrong guess is worse than none, so a near one must be very near. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const close = names.filter((name) => isNear(word, name));
  const best = Math.min(...close.map((name) => distance(word, name)));
  const [nearestName, ...others] = close.filter((name) => distance(word, name) === best);
  if (nearestName !== undefined && others.length === 0) return nearestName;
  const begun = word.length >= BEGINNING ? names.filter((name) => name.startsWith(word)) : [];
  return begun.length === 1 ? begun[0] : undefined;
}

function isNear(word: string, name: string): boolean {
  const shorter = Math.min(word.length, name.length);
  if (shorter < 3) return false;
  const hasSameLetters = [...word].sort().join('') === [...name].sort().join('');
  return hasSameLetters || distance(word, name) <= (shorter >= LONG ? 2 : 1);
}
