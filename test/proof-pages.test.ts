import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const docs = join(__dirname, '../docs');

/** Pages, and the section whose table names a test in each row; undefined: what stands before the first section. */
const PAGES = [
  ['fidelity.md', undefined],
  ['safety.md', undefined],
  ['architecture.md', 'Invariants'],
] as const;

describe.each(PAGES)('%s', (name, section) => {
  const page = readFileSync(join(docs, name), 'utf8');
  /** `[name](path) "title", "title"`: the tests that a row names. */
  const named = [...page.matchAll(/\[[^\]]+\]\((\.\.\/test\/[^)]+)\)((?:,? "[^"]+")+)/g)].flatMap(
    ([, path = '', titles = '']) => [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']) => [path, title] as const),
  );

  it('names a test for each row of its table', () => {
    const sections = page.split('\n## ');
    const table = sections.find((text) => section !== undefined && text.startsWith(section)) ?? sections[0] ?? '';
    const rows = table.split('\n').filter((line) => line.startsWith('| '));
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.slice(2).filter((row) => !/\.test\.ts\) "/.test(row))).toEqual([]);
  });

  it('names tests that exist', () => {
    const missing = named.filter(([path, title]) => !readFileSync(join(docs, path), 'utf8').includes(`'${title}'`));

    expect(missing).toEqual([]);
  });
});
