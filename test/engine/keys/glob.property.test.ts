import fc from 'fast-check';
import { compileGlob } from '../../../lambdas/engine/keys/glob';
import { matchesByReference } from '../../support/glob-reference';

const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', '/', '.', 'é', '\u{1f600}', ' ', '-', ']') },
  { weight: 5, arbitrary: fc.constantFrom('*', '**', '**/', '/**', '?') },
  { weight: 2, arbitrary: fc.constantFrom('[ab]', '[!a]', '[a-c]', '[^é]', '[', '[*?]') },
  { weight: 2, arbitrary: fc.constantFrom('\\*', '\\/', '\\?', '\\{', '\\[', '\\a', '\\\\') },
  {
    weight: 4,
    arbitrary: fc.constantFrom('{', '}', ',', '{a,b}', '{a/,}', '{,/b}', '{*,b}', '{*.a,b/**}', '{**/,}', '{a,{b,c/}}'),
  },
);
const glob = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(''));
const key = fc
  .array(
    fc.constantFrom(
      'a',
      'a',
      'b',
      'b',
      '/',
      '/',
      '.',
      'é',
      '\u{1f600}',
      ' ',
      '-',
      '*',
      '[',
      ']',
      '{',
      ',',
      '}',
      '\\',
      '?',
      '\n',
    ),
    { maxLength: 7 },
  )
  .map((points) => points.join(''));
/** What a few letters and slashes make, which globs of the same letters often match. */
const simpleKey = fc.array(fc.constantFrom('a', 'b', '/'), { maxLength: 6 }).map((points) => points.join(''));
const keys = fc.array(fc.oneof(key, simpleKey), { minLength: 1, maxLength: 10 });
const numRuns = Number(process.env.PROPERTY_RUNS ?? 3000);

it('matches what the docs say that a glob means, however stars, sets, escapes and braces are combined', () => {
  fc.assert(
    fc.property(glob, keys, (text, names) => {
      const matcher = compileGlob(text);
      const matched = (test: (name: string) => boolean) => JSON.stringify(names.filter(test));
      expect(matched((name) => matcher.test(name))).toBe(matched((name) => matchesByReference(text, name)));
    }),
    { numRuns },
  );
});

it('matches a key with many globs if one of them matches it', () => {
  fc.assert(
    fc.property(fc.array(glob, { minLength: 1, maxLength: 5 }), keys, (texts, names) => {
      const [together, alone] = [compileGlob(...texts), texts.map((text) => compileGlob(text))];
      for (const name of names) expect(together.test(name)).toBe(alone.some((matcher) => matcher.test(name)));
    }),
    { numRuns: numRuns / 3 },
  );
});
