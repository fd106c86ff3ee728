import { compileGlob } from '../../../lambdas/engine/keys/glob';
import { GlobStates } from '../../../lambdas/engine/keys/glob-states';
import { hasForeignPattern, isFolder, isRooted } from '../../../statemachine/input/glob-refusals';
import { readGlob } from '../../../statemachine/input/glob-syntax';
import { everyNth } from '../../support/length';
import { useMemoryMirror } from '../../support/memory-mirror';

const mirror = useMemoryMirror();

const LENGTH = 1024;
const upTo = (piece: string, end = '') => piece.repeat((LENGTH - end.length) / piece.length) + end;
/** As many as an input has room for. */
const many = (glob: string) => Array.from({ length: 40 }, (_, index) => `${glob.slice(0, -2)}${index}`);
const dashes = '-'.repeat(LENGTH);

const costly: [glob: string, key: string][] = [
  ['*-*-*-*-*.jpg', `${'-'.repeat(1000)}.png`],
  [upTo('*-', '.jpg'), dashes],
  [upTo('**-', '.jpg'), dashes],
  [upTo('**/', 'x'), upTo('a/', 'y')],
  [upTo('**/*a', '/x'), upTo('aa/', 'y')],
  [upTo('*/', 'x'), upTo('/', 'y')],
  [upTo('{a,aa}', 'z'), 'a'.repeat(LENGTH)],
  [upTo('{a,b}{*,**}', 'z'), 'ab'.repeat(LENGTH / 2)],
  [upTo('{,-}', 'z'), dashes],
  [upTo('{*,-}/', 'z'), upTo('-/', 'y')],
  [`${'{-,'.repeat(200)}-${'}'.repeat(200)}`, dashes],
  [`${'{-*,'.repeat(150)}-${'*}'.repeat(150)}z`, dashes],
  [upTo('[!a]*', 'z'), dashes],
  [upTo('?*', '?a'), dashes],
  ['*'.repeat(LENGTH - 1).concat('z'), dashes],
];
const unfinished = [upTo('{'), upTo('{a,'), upTo('['), upTo('[]'), upTo('[^'), upTo('*('), upTo('{.'), upTo('\\')];

it.each(
  everyNth(
    3,
    costly.map(([glob, key]) => ({ start: glob.slice(0, 15), glob, key })),
  ),
)('visits for each character no more states than the glob has tokens: $start…', ({ glob, key }) => {
  const tokens = readGlob(glob);
  const states = new GlobStates([tokens]);
  let most = 0;
  let set = states.start();
  for (const point of key) {
    set = states.next(set, point.charCodeAt(0));
    most = Math.max(most, set.states.length);
  }
  expect(tokens.length).toBeLessThanOrEqual(glob.length + 1);
  expect(most).toBeLessThanOrEqual(8 * tokens.length);
});

// with a way back at each star or choice, one of them would take a lifetime
it('matches them against keys of full length, and as many of them as an input has room for', () => {
  for (const [glob, key] of costly) expect(compileGlob(glob).test(key)).toBe(false);
  const globs = costly.map(([glob]) => glob);
  expect(compileGlob(...globs, ...globs).test(dashes)).toBe(false);
  expect(compileGlob(...many(upTo('**/*a', '/x'))).test(upTo('aa/', 'y'))).toBe(false);
});

it('reads a glob that begins much and ends nothing', () => {
  for (const glob of unfinished) expect(compileGlob(...many(glob)).test(dashes)).toBe(false);
});

it('matches by the rejected globs too', () => {
  for (const glob of [...costly.map(([text]) => text), ...unfinished, upTo('{a..'), upTo('*(', ')'), upTo('{,/}')]) {
    for (const refuse of [hasForeignPattern, isFolder, isRooted]) expect(typeof refuse(glob)).toBe('boolean');
  }
});

it('forgets what keys have taught it before it grows without end', () => {
  const glob = compileGlob('*a??????????????????');
  const random = (seed: number) =>
    Array.from({ length: 300 }, (_, index) => (Math.sin(seed * 300 + index) > 0 ? 'a' : 'b')).join('');
  for (let seed = 0; seed < 200; seed++) {
    const key = random(seed);
    expect(glob.test(key)).toBe(key.at(-19) === 'a');
  }
});

it('mirrors a key that was named to keep globs busy, and its neighbours', async () => {
  const { source, destination, input } = mirror.createPair();
  for (const key of ['a-b.jpg', `${'-'.repeat(1000)}.png`, '1-2-3-4-5.jpg']) source.put(key, 'x');

  const summary = await mirror.run({ ...input, exclude: ['*-*-*-*-*.jpg'] });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 2, skipped: 1 } });
  expect(destination.get('1-2-3-4-5.jpg')).toBeUndefined();
});
