import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const TEST = join(__dirname, '..');
const listed: readonly string[] = require('./suites-of-two-lengths.js');

it('lists each suite that plays a part of its cases, so that `npm run test:all` plays them all', () => {
  const suites = globSync('**/*.test.ts', { cwd: TEST }).filter((path) =>
    /^} from '.*support\/length';|^import .* from '.*support\/length';/m.test(readFileSync(join(TEST, path), 'utf8')),
  );

  expect(suites.map((path) => path.replace('.test.ts', '')).sort()).toEqual([...listed].sort());
});

it('lets `.ci/run` play both lengths', () => {
  const steps = readFileSync(join(TEST, '../.ci/run'), 'utf8');

  expect(steps).toContain('npm ci && npm test');
  expect(steps).toContain("step 'npm run test:all'");
});
