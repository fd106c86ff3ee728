import { readdirSync, readFileSync } from 'node:fs';
import { awkwardKeys } from './awkward-keys';
import { deviations, lostKeys } from './deviations';

describe('the table of deviations', () => {
  it('names only behaviours that the suite tests, each once', () => {
    const tests = readdirSync(__dirname).filter((name) => name.endsWith('.test.ts'));
    const stated = tests.flatMap((name) =>
      [...readFileSync(`${__dirname}/${name}`, 'utf8').matchAll(/behaviour\(\s*'([^']+)'/g)].map(([, title]) => title),
    );

    expect(Object.keys(deviations).filter((title) => !stated.includes(title))).toEqual([]);
    expect(stated.filter((title, i) => stated.indexOf(title) !== i)).toEqual([]);
  });

  it('names only awkward keys that exist', () => {
    const names = awkwardKeys.map(({ name }) => name);

    expect(new Set(names).size).toBe(names.length);
    expect(
      Object.values(lostKeys)
        .flat()
        .filter((name) => !names.includes(name)),
    ).toEqual([]);
  });
});
