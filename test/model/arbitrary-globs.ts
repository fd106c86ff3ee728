import fc from 'fast-check';

const pieces = [
  'a',
  'b',
  'x',
  '/',
  '.',
  'é',
  '*',
  '*',
  '**',
  '?',
  '[ab]',
  '[!a]',
  '{a,b}',
  '{a,*x}',
  '\\*',
  '\u{1f600}',
  ' ',
];
const common = ['*', '**', 'a/**', '**/a', '**/*', '*.html', '**/b/**', 'a/*', '?', 'a*', '*/*', 'a/{b,x/*}', 'a/\\*'];

/** Ends or begins with a slash, which an input may not. */
const isRefused = (glob: string) => glob.startsWith('/') || (glob.endsWith('/') && !/(?:^|\/)\*+\/$/.test(glob));

/** What an input takes as a glob, and reads as one. */
export const aGlob: fc.Arbitrary<string> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(...common) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join('').replace(/\*{3,}/g, '**'))
      .filter((glob) => !isRefused(glob)),
  },
);
