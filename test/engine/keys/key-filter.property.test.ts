import fc from 'fast-check';
import { keyFilter } from '../../../lambdas/engine/keys/key-filter';
import { key } from '../../support/arbitrary-keys';

const excluded = (glob: string) => {
  const takesPart = keyFilter({ include: [], exclude: [glob] });
  return (name: string) => !takesPart(name);
};

/** A segment of a key, of any characters but `/`. */
const segment = key.map((name) => name.replaceAll('/', '')).filter((name) => name !== '');
/** Every character that globs give a meaning. */
const escaped = (text: string) => text.replace(/[\\*?[\]{},]/g, '\\$&');
const rows: [glob: string, keys: fc.Arbitrary<string>][] = [
  ['**', fc.oneof(key, fc.constantFrom('', '/', '//'))],
  ['*', fc.oneof(key, fc.constantFrom('', '/', '//', 'a//'))],
  ['private/**', key.map((name) => `private/${name}`)],
  ['**/private/**', key.map((name) => `${name}/private/${name}`)],
  ['**/private/**', key.map((name) => `private/${name}`)],
  ['.*', fc.tuple(key, segment).map(([folder, name]) => `${folder}/.${name}`)],
  ['.*', fc.constantFrom('.', '..', 'a/.', 'a/..', './', './/')],
  ['*(x', segment.map((name) => `${name}(x`)],
  ['*.bak', segment.map((name) => `${name}.bak`)],
  ['*.bak', fc.tuple(key, segment).map(([folder, name]) => `${folder}/${name}.bak`)],
  ['**/*.bak', fc.tuple(key, segment).map(([folder, name]) => `${folder}/${name}.bak`)],
  ['.hidden*', segment.map((name) => `.hidden${name}`)],
  ['cache/*', segment.map((name) => `cache/${name}`)],
  ['*/keep', segment.map((name) => `${name}/keep`)],
];

it.each(rows)('protects with %j every key that it describes', (glob, keys) => {
  const isExcluded = excluded(glob);
  fc.assert(
    fc.property(keys, (name) => {
      expect({ name, excluded: isExcluded(name) }).toEqual({ name, excluded: true });
    }),
    { numRuns: 300 },
  );
});

it('protects every key by its own name, whatever characters it is made of, and no other key', () => {
  fc.assert(
    fc.property(key, key, (name, other) => {
      const isExcluded = excluded(`{${escaped(name)}/,}${escaped(name)}`);
      expect(isExcluded(name)).toBe(true);
      if (other !== `${name}/${name}` && !other.includes(name)) expect(isExcluded(other)).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

it('lets every key take part in exactly one of two phases if one phase excludes the globs that the other includes', () => {
  const pages = ['*.[hH][tT][mM]', '*.[hH][tT][mM][lL]'];
  const assets = keyFilter({ include: [], exclude: pages });
  const others = keyFilter({ include: pages, exclude: [] });
  const anything = fc.oneof(
    key,
    key.map((name) => `${name}.html`),
    key.map((name) => `${name}.htm/`),
  );
  fc.assert(
    fc.property(anything, (name) => assets(name) !== others(name)),
    { numRuns: 1000 },
  );
});
