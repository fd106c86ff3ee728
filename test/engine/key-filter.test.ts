import { keyFilter } from '../../lambdas/engine/key-filter';

it.each<[glob: string, key: string, matches: boolean]>([
  ['*.html', 'index.html', true],
  ['*.html', 'blog/2026/post.html', true],
  ['*.html', 'index.htm', false],
  ['blog/*.html', 'blog/post.html', true],
  ['blog/*.html', 'blog/2026/post.html', false],
  ['blog/**', 'blog/2026/post.html', true],
  ['blog/**', 'blog2/post.html', false],
  ['**/*.html', 'index.html', true],
  ['a/**', 'a/b\nc', true],
  ['a/**', 'a/../b', true],
  ['a/**', 'a/./b', true],
  ['a/**', 'a/.hidden/b', true],
  ['a/**', 'a//b', true],
  ['./a', './a', true],
  ['../a', '../a', true],
  ['a', '../a', true],
  ['**', '/leading', true],
  ['!important', '!important', true],
  ['!important', 'other', false],
  ['a\\*b', 'a*b', true],
  ['a\\*b', 'axb', false],
  ['\u{1f600}/*', '\u{1f600}/x', true],
  ['{a,b}/*', 'b/x', true],
  ['[ab].txt', 'b.txt', true],
])('matches %j against %j: %j', (glob, key, matches) => {
  expect(keyFilter({ include: [], exclude: [glob] })(key)).toBe(!matches);
  expect(keyFilter({ include: [glob], exclude: [] })(key)).toBe(matches);
});

it('lets an exclude win over an include, and asks every layer', () => {
  const takesPart = keyFilter({ include: ['blog/**'], exclude: ['*.tmp'] }, { include: ['*.html'], exclude: [] });
  expect(['blog/a.html', 'blog/a.tmp', 'blog/a.css', 'news/a.html'].filter(takesPart)).toEqual(['blog/a.html']);
});
