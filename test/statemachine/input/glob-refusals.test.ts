import { hasForeignPattern, isFolder, isRooted } from '../../../statemachine/input/glob-refusals';

describe('a glob', () => {
  it.each<[glob: string, isForeign: boolean]>([
    ['!(a)', true],
    ['a@(b|c)d', true],
    ['**(a)', true],
    ['\\\\*(a)', true],
    ['\\*(a)', false],
    ['*(a', false],
    [')*(', false],
    ['photo (1)*.jpg', false],
    ['{1..3}', true],
    ['{a,{x..z}}', true],
    ['\\{1..3}', false],
    ['{1..3', false],
    ['{../a,b}', false],
    ['[[:digit:]]*', true],
    ['[![:space:]]', true],
    ['[a:]', false],
  ])('%j contains a character that other tools interpret differently: %j', (glob, isForeign) => {
    expect(hasForeignPattern(glob)).toBe(isForeign);
  });

  it.each<[glob: string, folder: boolean]>([
    ['drafts/', true],
    ['a//', true],
    ['a*/', true],
    ['{a/,b}', true],
    ['{a,b}/', true],
    ['a/{,b}', true],
    ['{a,{b,c/}}', true],
    ['a\\\\/', true],
    ['{a/,}{,b}', true],
    ['drafts\\/', false],
    ['**/', false],
    ['*/', false],
    ['a/**/', false],
    ['{a/,}b', false],
    ['[a/', true],
    ['a[/]', false],
  ])('%j ends like a folder: %j', (glob, folder) => {
    expect(isFolder(glob)).toBe(folder);
  });

  it.each<[glob: string, rooted: boolean]>([
    ['/a', true],
    ['{a,/b}', true],
    ['{,a}/b', true],
    ['{,}{,}/b', true],
    ['{a,{b,/c}}', true],
    ['\\/a', false],
    ['*/a', false],
    ['{a,b}/c', false],
    ['{/a}', false],
  ])('%j begins with a slash: %j', (glob, rooted) => {
    expect(isRooted(glob)).toBe(rooted);
  });
});
