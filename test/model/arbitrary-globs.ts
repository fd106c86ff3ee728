import fc from 'fast-check';
import { alternatives } from './reference/globs';

const characters = ['a', 'b', 'x', '/', '.', 'é', '\\*', '\u{1f600}', ' '];
const wildcards = ['*', '*', '**', '?', '[ab]', '[!a]', '[a-e]', '{a,b}', '{a,*x}', '{a,{b,x}/*}'];
const common = ['*', '**', 'a/**', '**/a', '**/*', '*.html', '**/b/**', 'a/*', '?', 'a*', '*/*', 'a/{b,x/*}', 'a/\\*'];
const others = ['{*.html,a/**}', 'a/b', 'x\\]', 'a/{b,*}', '{,a/}b', '**/{a,b}', 'a/?'];

/** Begins or ends with a slash, which no input may. */
function isRefused(glob: string): boolean {
  return alternatives(glob).some(
    (one) => one.startsWith('/') || (one.endsWith('/') && !/(?:^|\/)\*+\/$/.test(one)) || one === '',
  );
}

/** What an input takes as a glob, and reads as one. */
export const aGlob: fc.Arbitrary<string> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(...common, ...others) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom(...characters, ...wildcards), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join('').replace(/\*{3,}/g, '**'))
      .filter((glob) => !isRefused(glob)),
  },
);
