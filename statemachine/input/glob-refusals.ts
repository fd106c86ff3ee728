import { type GlobToken, readGlob, SLASH } from './glob-syntax';

// Each of the two takes every escaped character as a whole, and reads no part of a glob twice.
const EXTENDED = /\\.|[?*+@!]\(|\[:[a-z]+:\]/gs;
const BRACES = /\\.|\{(?:\\.|[^{},\\])*\}/gs;

/** Whether there is something in a glob that other tools know and this one does not: `!(a)`, `{1..3}`, `[[:digit:]]`. */
export function hasForeignPattern(glob: string): boolean {
  const lastBracket = glob.lastIndexOf(')');
  const extended = Array.from(glob.matchAll(EXTENDED)).some(
    ({ 0: text, index }) => !text.startsWith('\\') && (text.startsWith('[') || index < lastBracket),
  );
  return extended || Array.from(glob.matchAll(BRACES)).some(([text]) => text.startsWith('{') && text.includes('..'));
}

/** Whether a glob, or one that its braces stand for, begins with a slash. */
export function isRooted(glob: string): boolean {
  return reaches(readGlob(glob), (token, before) => token.kind === 'slash' && before === Place.start);
}

/**
 * Whether a glob, or one that its braces stand for, ends in a slash: to others `drafts/` is all in the folder, here the
 * object of that name. Behind stars alone, it means here what it looks like.
 */
export function isFolder(glob: string): boolean {
  return reaches(readGlob(glob), (token, before) => token.kind === 'end' && before === Place.folder);
}

/** What a path through the tokens has passed last. */
enum Place {
  start,
  /** the slash behind a part of stars alone, or an escaped one */
  slash,
  /** any other slash */
  folder,
  /** stars from the beginning of a part on */
  stars,
  inside,
}

type Condition = (token: GlobToken, before: Place) => boolean;

/** Whether any path through the tokens comes by a token on which the condition holds. */
function reaches(tokens: readonly GlobToken[], condition: Condition): boolean {
  const seen = tokens.map(() => new Set<Place>());
  const pending: [at: number, before: Place][] = [[0, Place.start]];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const [at, before] = next;
    const token = tokens[at];
    if (token === undefined || seen[at]?.has(before)) continue;
    if (condition(token, before)) return true;
    seen[at]?.add(before);
    const after = pass(token, before);
    for (const to of token.kind === 'fork' ? token.to : [at + 1]) pending.push([to, after]);
  }
  return false;
}

function pass(token: GlobToken, before: Place): Place {
  if (token.kind === 'fork') return before;
  if (token.kind === 'star') return before === Place.inside ? Place.inside : Place.stars;
  if (token.kind === 'slash') return before === Place.stars ? Place.slash : Place.folder;
  return token.kind === 'character' && token.code === SLASH ? Place.slash : Place.inside;
}
