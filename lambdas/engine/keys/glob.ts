import { readGlob } from '../../../statemachine/input/glob-syntax';
import { GlobAutomaton } from './glob-automaton';

export interface KeyTest {
  test(key: string): boolean;
}

/**
 * Compiles globs to one test for whole keys: whether any of them matches. Keys are opaque: `.`, `..`, `//`, brackets and
 * line breaks are characters like any other, and nothing is normalised.
 *
 * | glob | matches |
 * | --- | --- |
 * | `*` | any characters but `/`, or none |
 * | `**` | any characters, or none; between two slashes, or behind the last one, also without these slashes |
 * | `?` | one character but `/` |
 * | `[a-c]`, `[!a-c]` | one character of the set, or one that is not in it, but never `/` |
 * | `{a,b}` | what `a` or `b` in its place would match: each of the globs that braces stand for is judged on its own |
 * | `\x` | `x` itself |
 *
 * | a glob | matches |
 * | --- | --- |
 * | without `/` | the last part of a key at any depth, be it with slashes behind it |
 * | with `/` and a wildcard (`*`, `?`, `[...]`) | the whole key, be it with slashes behind it |
 * | with `/` alone | the key of that name alone |
 *
 * A test takes time linear in the length of the globs and of the key, and usually in that of the key alone.
 */
export function compileGlob(...globs: readonly string[]): KeyTest {
  return new GlobAutomaton(globs.map(readGlob));
}
