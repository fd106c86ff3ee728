import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const docs = join(__dirname, '../docs');

describe.each(['fidelity.md', 'safety.md'])('%s', (name) => {
  const page = readFileSync(join(docs, name), 'utf8');
  /** `[name](path) "title", "title"`: the tests that a row names. */
  const named = [...page.matchAll(/\[[^\]]+\]\((\.\.\/test\/[^)]+)\)((?:,? "[^"]+")+)/g)].flatMap(
    ([, path = '', titles = '']) => [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']) => [path, title] as const),
  );

  it('names a test for each row of its first table', () => {
    const [table = ''] = page.split('\n## ');
    const rows = table.split('\n').filter((line) => line.startsWith('| '));
    expect(rows.length).toBeGreaterThan(15);
    expect(rows.slice(2).filter((row) => !/\.test\.ts\) "/.test(row))).toEqual([]);
  });

  it.each(named)('names a test that there is: %s "%s"', (path, title) => {
    expect(readFileSync(join(docs, path), 'utf8').includes(`'${title}'`)).toBe(true);
  });
});
