import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { atLength, everyNth, randomCases } from '../support/length';

const ROOT = join(__dirname, '../..');
const { projects } = require('../../jest.config.js') as {
  readonly projects: readonly {
    readonly displayName: string;
    readonly testMatch: string[];
    readonly setupFiles?: string[];
  }[];
};
const project = (name: string) => projects.find(({ displayName }) => displayName === name);

it('is that of each suite with two lengths in `npm run test:all`, and `.ci/run` plays both', () => {
  expect(project('full')?.testMatch).toEqual(
    expect.arrayContaining(['<rootDir>/test/mirror/run/race.test.ts', '<rootDir>/test/local/bucket-content.test.ts']),
  );
  expect(project('full')?.testMatch).not.toContain('<rootDir>/test/docs.test.ts');
  expect(project('full')?.setupFiles).toContain('<rootDir>/test/jest/full-length.js');
  const steps = readFileSync(join(ROOT, '.ci/run'), 'utf8');
  expect(steps).toContain("step 'npm ci && npm test'\nstep 'npm run test:all'\n");
});

it('is asked for by suites themselves, or by the one helper that is looked for in them', () => {
  const asking = globSync('test/**/*.{ts,js}', { cwd: ROOT }).filter((file) =>
    /'[^']*\/length'/.test(readFileSync(join(ROOT, file), 'utf8')),
  );

  expect(asking).toContain('test/mirror/run/race.test.ts');
  expect(asking.filter((file) => !file.endsWith('.test.ts'))).toEqual(['test/cli/cli-at-length.ts']);
  expect(project('full')?.testMatch).toContain('<rootDir>/test/cli/output-options.test.ts');
});

const rows = ['a', 'b', 'c', 'd', 'e'] as const;

describe('what a suite plays', () => {
  const lengths = { quick: 2, full: 9 };
  const load = (length: string) => {
    process.env.FULL = length;
    delete process.env.PROPERTY_RUNS;
    let loaded: { everyNth: typeof everyNth; randomCases: typeof randomCases; atLength: typeof atLength } | undefined;
    jest.isolateModules(() => {
      loaded = require('../support/length');
    });
    return loaded ?? { everyNth, randomCases, atLength };
  };

  it('is the whole at full length, with new random cases each time', () => {
    const { ...full } = load('1');

    expect(full.everyNth(2, rows, 1)).toEqual(rows);
    expect(full.randomCases(lengths)).toEqual({ numRuns: 9 });
    expect(full.atLength(lengths)).toBe(9);
  });

  it('is else a fixed part', () => {
    const quick = load('');

    expect(quick.everyNth(2, rows)).toEqual(['a', 'c', 'e']);
    expect(quick.everyNth(2, rows, 3)).toEqual(['b', 'd']);
    expect(quick.randomCases(lengths)).toEqual({ numRuns: 2, seed: 20 });
    expect(quick.atLength(lengths)).toBe(2);
  });

  it('is never nothing, however few cases there are', () => {
    const quick = load('');

    for (let from = 0; from < 20; from++) expect(quick.everyNth(7, rows, from).length).toBeGreaterThan(0);
  });
});
