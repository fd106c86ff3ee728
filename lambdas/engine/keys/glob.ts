import { readGlob } from '../../../statemachine/input/glob-syntax';
import { GlobAutomaton } from './glob-automaton';

export interface KeyTest {
  test(key: string): boolean;
}

/**
 * Compiles globs to one test for whole keys: does any of the globs match? Keys are opaque: `.`, `..`, `//`, brackets and
 * line breaks are ordinary characters, and nothing is normalised.
 *
 * | glob | matches |
 * | --- | --- |
 * | `*` | any characters but `/`, or none |
 * | `**` | any characters, or none. Between two slashes, or behind the last one, these slashes may be missing |
 * | `?` | one character but `/` |
 * | `[a-c]`, `[!a-c]` | one character of the set, or one that is not in the set, but never `/` |
 * | `{a,b}` | what the glob matches with `a` or with `b` in this place; each of these globs is matched on its own |
 * | `\x` | `x` itself |
 *
 * | a glob | matches |
 * | --- | --- |
 * | without `/` | the last part of a key at any depth, with or without slashes behind it |
 * | with `/` and a wildcard (`*`, `?`, `[...]`) | the whole key, with or without slashes behind it |
 * | with `/` and no wildcard | only the key of that name |
 *
 * The time of a test is linear in the length of the globs and of the key, and usually in the length of the key alone.
 */
export function compileGlob(...globs: readonly string[]): KeyTest {
  return new GlobAutomaton(globs.map(readGlob));
}
