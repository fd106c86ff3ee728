import picomatch from 'picomatch';

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
 * `*` stops at `/`, `**` does not; a glob without `/` matches the last part of the key at any depth, as in .gitignore.
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
  // `s`: a key may hold a line break, and `**` has to pass it.
  const options = { dot: true, flags: 's', nonegate: true, windows: false };
  const matches = globs.map((glob) => picomatch(opaqueDots(glob), { ...options, basename: !glob.includes('/') }));
  return (key) => {
    const name = opaqueDots(key);
    return matches.some((match) => match(name));
  };
}

/** In a key `.` and `..` are names like any other; a wildcard never matches them as they stand. */
function opaqueDots(text: string): string {
  return text.includes('.') ? text.replace(/(?<=^|\/)\.{1,2}(?=\/|$)/g, '\0$&') : text;
}

function not(test: (key: string) => boolean): (key: string) => boolean {
  return (key) => !test(key);
}
