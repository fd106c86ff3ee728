import { keyFilter } from '../../../lambdas/engine/keys/key-filter';

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
  ['[!ab].txt', 'b.txt', false],
  ['[!ab].txt', 'c.txt', true],
  ['[^a-c].txt', 'b.txt', false],
  ['[]-].txt', '].txt', true],
  ['a[b/c]d', 'a/d', false],
  ['x[y', 'x[y', true],
  ['?.txt', '\u{1f600}.txt', true],
  ['a/?', 'a//', false],
  ['.*', 'a/.', true],
  ['.*', 'a/..', true],
  ['a/[.]./b', 'a/../b', true],
  ['{.,..}/x', '../x', true],
  ['{.,..}/x', './x', true],
  ['**', '', true],
  ['**/*', '', true],
  ['*', '', true],
  ['*', '/', true],
  ['*', 'a//', true],
  ['cache', 'a/cache//', true],
  ['a/*', 'a/b/', true],
  ['a/**', 'a', true],
  ['a/**', 'a/', true],
  ['a/**/b', 'a/b', true],
  ['a/**/b', 'a//b', true],
  ['a/**/b', 'a/x/y/b', true],
  ['a/**/b', 'ab', false],
  ['a**z', 'a/m/z', true],
  ['*(x', 'a(x', true],
  ['photo (1)*.jpg', 'photo (1) large.jpg', true],
  ['photo (1)*.jpg', 'photo 1 large.jpg', false],
  ['a|b*', 'a|bc', true],
  ['a|b*', 'a', false],
  ['[ab]+', 'a+', true],
  ['[ab]+', 'aa', false],
  ['*$', 'a$', true],
  ['{a}*', '{a}b', true],
  ['{a,b*', '{a,bc', true],
  ['{a,{b,c}d}', 'cd', true],
  ['{a/,}b', 'a/b', true],
  ['{a/,}b', 'b', true],
  ['{a/,}**/b', 'b', true],
  ['{a,{b}', 'a', false],
  ['{a,{b}', '{a,{b}', true],
  ['{a,{b},c}', '{b}', true],
  ['[a-c', '[a-c', true],
  ['{a,}', '', false],
  ['**/**', '', true],
  ['a/**/**', 'a', true],
  ['**', 'a\n/b', true],
  ['[a-\\]]', '\\', false],
  ['[!-~]', 'b', true],
  ['[\u{1f600}-\u{1f64f}]', '\u{1f610}', true],
  ['[!\u{1f600}]', '\u{1f610}', true],
  ['a\\', 'a\\', true],
])('matches %j against %j: %j', (glob, key, matches) => {
  expect(keyFilter({ include: [], exclude: [glob] })(key)).toBe(!matches);
  expect(keyFilter({ include: [glob], exclude: [] })(key)).toBe(matches);
});

it('prefers an exclude to an include, and asks every layer', () => {
  const takesPart = keyFilter({ include: ['blog/**'], exclude: ['*.tmp'] }, { include: ['*.html'], exclude: [] });
  expect(['blog/a.html', 'blog/a.tmp', 'blog/a.css', 'news/a.html'].filter(takesPart)).toEqual(['blog/a.html']);
});

describe('a folder, which is an object whose key ends in a slash,', () => {
  const rows: [glob: string, matches: readonly string[], doesNot: readonly string[]][] = [
    ['a', ['a', 'a/', 'x/a', 'x/a/'], ['a/b', 'a/b/']],
    ['**/a', ['a', 'a/', 'x/a', 'x/a/'], ['a/b', 'a/b/']],
    ['a/*', ['a/', 'a/b', 'a/b/'], ['a', 'a/b/c', 'x/a/b/']],
    ['a/?', ['a/b', 'a/b/'], ['a/', 'a/bc/', 'a/b/c']],
    ['a/[bc]', ['a/b', 'a/c/'], ['a/d/', 'a/b/c']],
    ['a/{b,*}', ['a/b/', 'a/c/'], ['a/b/c']],
    ['a/*b', ['a/b/', 'a/cb/'], ['a/c/']],
    ['*/b', ['a/b', 'a/b/'], ['b/', 'x/a/b/']],
    ['a/*/c', ['a/b/c', 'a/b/c/'], ['a/b/']],
    ['a/b', ['a/b'], ['a/b/', 'x/a/b']],
    ['{a,x}/b', ['a/b', 'x/b'], ['a/b/']],
    ['a/b\\/', ['a/b/'], ['a/b', 'a/b//']],
    ['a/\\*', ['a/*'], ['a/*/', 'a/b']],
    ['a/x]', ['a/x]'], ['a/x]/']],
    ['a/x}', ['a/x}'], ['a/x}/']],
    ['a/\\?', ['a/?'], ['a/?/', 'a/b']],
    ['a/\\[b]', ['a/[b]'], ['a/[b]/', 'a/b']],
    ['a/**', ['a', 'a/', 'a/b/', 'a/b/c/'], ['ab/', 'x/a/']],
  ];

  it.each(rows)('is matched or not by %j like the object without that slash', (glob, matches, doesNot) => {
    const takesPart = keyFilter({ include: [glob], exclude: [] });

    expect([...matches, ...doesNot].filter(takesPart)).toEqual(matches);
  });
});

describe('an alternative', () => {
  it.each<[glob: string, matches: readonly string[], doesNot: readonly string[]]>([
    ['{*.tmp,logs/**}', ['x.tmp', 'd/x.tmp', 'logs/a'], ['d/logs/a', 'logsx']],
    ['{logs/**,*.tmp}', ['x.tmp', 'd/x.tmp', 'logs/a'], ['d/logs/a']],
    ['x{.tmp,/y}', ['x.tmp', 'd/x.tmp', 'x/y'], ['d/x/y', 'x']],
    ['{a,{b,c/d}}e', ['ae', 'x/ae', 'be', 'x/be', 'c/de'], ['x/c/de', 'e']],
    ['{a\\/b,c}', ['a/b', 'c', 'x/c'], ['x/a/b']],
    ['*{,.bak}', ['a', 'a/b.bak'], []],
    ['a{/,}**/b', ['a/b', 'a/x/b', 'ax/b', 'axx/y/b'], ['ab']],
    ['a{/**,}', ['a', 'a/', 'a/b/c', 'x/a'], ['ab', 'x/a/b']],
    ['{a/,}{b/,}**', ['a/b/c', 'b/x', 'a/x', 'x'], []],
  ])('of %j is read as a separate glob, with or without a slash', (glob, matches, doesNot) => {
    const takesPart = keyFilter({ include: [glob], exclude: [] });

    expect([...matches, ...doesNot].filter(takesPart)).toEqual(matches);
  });
});
