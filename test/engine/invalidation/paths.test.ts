import fc from 'fast-check';
import { PathCollector } from '../../../lambdas/engine/invalidation/path-collector';
import { type PathRules, pathsOfKey } from '../../../lambdas/engine/invalidation/paths-of-key';
import { key } from '../../support/arbitrary-keys';
import { matchesPath, whyRefused } from '../../support/fake-cloudfront';
import { randomCases } from '../../support/length';

const rules: PathRules = { indexDocument: 'index.html', bareFolders: false, originPath: '', viewerPrefix: '' };

describe('the paths of a key', () => {
  it.each([
    ['a/b.css', ['/a/b.css']],
    ['index.html', ['/index.html', '/']],
    ['a/index.html', ['/a/index.html', '/a/']],
    ['a/myindex.html', ['/a/myindex.html']],
    ['a/', ['/a/']],
    ['a//b', ['/a//b']],
    ['/a', ['//a']],
    ['A.HTML', ['/A.HTML']],
    ['café/😀.html', ['/caf%C3%A9/%F0%9F%98%80.html']],
    ['100%.html', ['/100%25.html']],
    ['a%7Eb', ['/a%257Eb']],
    ['<a>"#{}`', ['/%3Ca%3E%22%23%7B%7D%60']],
    ['a\u0001', ['/a%01']],
    ["a!$&(),-.:;=@_'", ['/a!$&(),-.:;=@_*']],
    ['vendors~main.js', ['/vendors*']],
    ["it's/index.html", ['/it*']],
    ['a b', ['/a*']],
    ['a+b', ['/a*']],
    ['a*b', ['/a*']],
    ['a?b', ['/a*']],
    ['é/[id]/index.html', ['/%C3%A9/*']],
    ['a|b', ['/a*']],
    ['a^b', ['/a*']],
    ['a\\b', ['/a*']],
    ['~', ['/*']],
  ])('%j becomes %j', (name, paths) => {
    expect(pathsOfKey(name, rules)).toEqual(paths);
  });

  it.each([
    [{ originPath: '/site' }, 'site/index.html', ['/index.html', '/']],
    [{ originPath: '/site/v1' }, 'site/v1/a', ['/a']],
    [{ originPath: '/site' }, 'sites/a', []],
    [{ originPath: '/site' }, 'other/a', []],
    [{ originPath: '/site', viewerPrefix: '/docs' }, 'site/a', ['/docs/a']],
    [{ viewerPrefix: '/docs' }, 'index.html', ['/docs/index.html', '/docs/']],
    [{ indexDocument: 'default.htm' }, 'a/default.htm', ['/a/default.htm', '/a/']],
    [{ bareFolders: true }, 'index.html', ['/index.html', '/']],
    [{ bareFolders: true }, 'a/b/index.html', ['/a/b/index.html', '/a/b/', '/a/b']],
    [{ bareFolders: true }, 'é/index.html', ['/%C3%A9/index.html', '/%C3%A9/', '/%C3%A9']],
    [{ bareFolders: true, viewerPrefix: '/docs' }, 'index.html', ['/docs/index.html', '/docs/', '/docs']],
    [{ indexDocument: '' }, 'a/index.html', ['/a/index.html']],
  ])('%j: %s becomes %j', (more, name, paths) => {
    expect(pathsOfKey(name, { ...rules, ...more })).toEqual(paths);
  });

  it('are cut if CloudFront allows no path of that length, and not within a character', () => {
    const viewerPrefix = `/${'p'.repeat(1_500)}`;
    const [path = ''] = pathsOfKey('é'.repeat(512), { ...rules, viewerPrefix });

    expect(path).toMatch(/%A9\*$|%C3\*$/);
    expect(path.length).toBeLessThanOrEqual(4_000);
    expect(whyRefused(path)).toBeUndefined();
  });
});

function collect(maxPaths: number, paths: readonly string[], more: Partial<PathRules> = {}): string[] {
  const collector = new PathCollector(maxPaths, { ...rules, ...more });
  for (const path of paths) collector.add(path);
  return collector.finish();
}

function many(folder: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${folder}${index}`);
}

describe('few paths', () => {
  it('have no path twice, and none that a wildcard includes', () => {
    expect(collect(50, ['/b', '/a', '/b', '/c/x', '/c/*', '/c/y', '/c/d*'])).toEqual(['/a', '/b', '/c/*']);
  });

  it('stay as they are up to the limit', () => {
    expect(collect(10, many('/a/', 10))).toHaveLength(10);
    expect(collect(10, many('/a/', 11))).toEqual(['/a/*']);
  });

  it('keep the pages at the root, and join all others into their longest common folders', () => {
    const paths = ['/', '/index.html', ...many('/blog/2025/', 30), ...many('/blog/2026/', 30), '/docs/a/b'];

    expect(collect(50, paths)).toEqual(['/', '/index.html', '/blog/2025/*', '/blog/2026/*', '/docs/a/*']);
  });

  it('join those folders first that have most in common', () => {
    const folders = ['/a/b/c/1/', '/a/b/c/2/', '/a/b/3/', '/d/', '/e/', '/f/', '/g/'];

    expect(collect(3, [...folders.flatMap((folder) => many(folder, 2)), '/'])).toEqual(['/*']);
    expect(
      collect(
        13,
        folders.flatMap((folder) => many(folder, 2)),
      ),
    ).toEqual(['/a/b/*', '/d/*', '/e/*', '/f/*', '/g/*']);
  });

  it('are everything if more than five folders have only the root in common', () => {
    expect(
      collect(
        50,
        ['a', 'b', 'c', 'd', 'e', 'f'].flatMap((folder) => many(`/${folder}/`, 10)),
      ),
    ).toEqual(['/*']);
    expect(collect(50, many('/', 51))).toEqual(['/*']);
    const viewerPrefix = '/app';
    expect(collect(50, ['/app/', ...many('/app/', 51)], { viewerPrefix })).toEqual(['/app/*']);
    expect(collect(50, ['/app', ...many('/app/', 51)], { viewerPrefix, bareFolders: true })).toEqual(['/app*']);
  });

  it('have five wildcards at most, also of keys with disputed characters', () => {
    const cut = ['/a/b*', '/a/c*', '/a/d*', '/e*', '/f*', '/g*'];

    expect(collect(50, [...cut, '/x'])).toEqual(['/x', '/a/*', '/e*', '/f*', '/g*']);
  });

  it('are no more than one if no more are allowed', () => {
    expect(collect(1, ['/a'])).toEqual(['/a']);
    expect(collect(1, ['/a', '/'])).toEqual(['/*']);
    expect(collect(1, ['/a/1', '/a/2'])).toEqual(['/a/*']);
  });

  it('need little memory, however many there are', () => {
    const collector = new PathCollector(50, rules);
    for (let index = 0; index < 20_000; index++) collector.add(`/folder/${index}/index.html`);

    expect(collector.finish()).toEqual(['/folder/*']);
    expect(JSON.stringify(Object.values(collector)).length).toBeLessThan(1_000);
  });
});

/** Every way in which a viewer may ask for an object. */
function viewersPaths(prefix: string, name: string): string[] {
  const asBrowser = (character: string) => (/[^!-~]|["#%<>?`{}]/u.test(character) ? encodeAll(character) : character);
  const asCareful = (character: string) =>
    /[^!-~]|["#%<>?`{}~'*+[\]|^\\]/u.test(character) ? encodeAll(character) : character;
  const paths = [asBrowser, asCareful].map((write) => prefix + [...name].map(write).join(''));
  return [...new Set([...paths, ...paths.map((path) => path.replaceAll('%20', '+'))])];
}

/** Under which names a function at the edges may serve a page. */
function namesOf(name: string, bareFolders: boolean): string[] {
  const [, folder] = /^(.*)\/index\.html$/s.exec(name) ?? [];
  return folder === undefined ? [name] : [name, `${folder}/`, ...(bareFolders ? [folder] : [])];
}

function encodeAll(text: string): string {
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

const disputed = fc.constantFrom('~', "'", '*', '+', ' ', '[', '|', 'index.html', '/index.html', '/');
const name = fc
  .tuple(key, disputed, fc.constantFrom('', 'index.html', 'a', '/b'))
  .map(([start, middle, end]) => `${start.slice(0, 300)}${middle}${end}`.toWellFormed());

/** Encoded characters that CloudFront does not ask for. */
const NEEDLESS = /%(2[0146-9A-F]|3[\dABDF]|[45][\dA-F]|6[1-9A-F]|7[\dACE])/;

it('whatever has changed, some path matches it in each way in which viewers ask, and CloudFront accepts all paths', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(key, name), { minLength: 1, maxLength: 60 }),
      fc.constantFrom(1, 3, 10, 50, 3_000),
      fc.constantFrom('', '/app', '/app/docs'),
      fc.boolean(),
      (changed, maxPaths, viewerPrefix, bareFolders) => {
        const more = { viewerPrefix, bareFolders };
        const sent = collect(
          maxPaths,
          changed.flatMap((one) => pathsOfKey(one, { ...rules, ...more })),
          more,
        );

        expect(sent.filter((path) => whyRefused(path) !== undefined)).toEqual([]);
        expect(sent.length).toBeLessThanOrEqual(maxPaths);
        expect(sent.filter((path) => path.endsWith('*')).length).toBeLessThanOrEqual(5);
        // nothing is encoded but what CloudFront asks for
        expect(sent.filter((path) => NEEDLESS.test(path.replaceAll('%25', '')))).toEqual([]);
        const asked = changed
          .flatMap((one) => namesOf(`/${one}`, bareFolders))
          .flatMap((one) => viewersPaths(viewerPrefix, one))
          .filter((path) => path !== '');
        expect(asked.filter((path) => !sent.some((pattern) => matchesPath(pattern, path)))).toEqual([]);
      },
    ),
    randomCases({ quick: 150, full: 5_000 }),
  );
});
