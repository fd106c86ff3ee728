import { compileGlob } from './glob';

export interface Globs {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/**
 * Tells whether a relative key takes part in a run.
 *
 * | include | exclude | takes part |
 * | --- | --- | --- |
 * | none given, or one matches | none matches | yes |
 * | given, and none matches | any | no |
 * | any | one matches | no |
 *
 * `compileGlob` says what a glob matches.
 */
export function keyFilter(...layers: readonly Globs[]): (key: string) => boolean {
  const tests = layers.flatMap(({ include, exclude }) => [
    ...(include.length > 0 ? [matcher(include)] : []),
    ...(exclude.length > 0 ? [not(matcher(exclude))] : []),
  ]);
  if (tests.length === 0) return () => true;
  return (key) => tests.every((test) => test(key));
}

function matcher(globs: readonly string[]): (key: string) => boolean {
  const glob = compileGlob(...globs);
  return (key) => glob.test(key);
}

function not(test: (key: string) => boolean): (key: string) => boolean {
  return (key) => !test(key);
}
