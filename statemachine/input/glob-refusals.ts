import { type GlobToken, readGlob, SLASH } from './glob-syntax';

// Both patterns match an escaped character as a whole, and read no part of a glob twice.
const EXTENDED = /\\.|[?*+@!]\(|\[:[a-z]+:\]/gs;
const BRACES = /\\.|\{(?:\\.|[^{},\\])*\}/gs;

/** Whether a glob has syntax that other tools support and this one does not: `!(a)`, `{1..3}`, `[[:digit:]]`. */
export function hasForeignPattern(glob: string): boolean {
  const lastBracket = glob.lastIndexOf(')');
  const extended = Array.from(glob.matchAll(EXTENDED)).some(
    ({ 0: text, index }) => !text.startsWith('\\') && (text.startsWith('[') || index < lastBracket),
  );
  return extended || Array.from(glob.matchAll(BRACES)).some(([text]) => text.startsWith('{') && text.includes('..'));
}

/** Whether a glob, or one of the globs in its braces, begins with a slash. */
export function isRooted(glob: string): boolean {
  return reaches(readGlob(glob), (token, before) => token.kind === 'slash' && before === Place.start);
}

/**
 * Whether a glob, or one of the globs in its braces, ends in a slash. In other tools `drafts/` means everything in the folder,
 * here only the object of that name. After a part that has only stars, both agree.
 */
export function isFolder(glob: string): boolean {
  return reaches(readGlob(glob), (token, before) => token.kind === 'end' && before === Place.folder);
}

/** The last thing that a path through the tokens has passed. */
enum Place {
  start,
  /** the slash after a part that has only stars, or an escaped slash */
  slash,
  /** any other slash */
  folder,
  /** only stars since the beginning of a part */
  stars,
  inside,
}

type Condition = (token: GlobToken, before: Place) => boolean;

/** Whether any path through the tokens passes a token that fulfils the condition. */
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
