import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MUTANTS } from './mutants';

const root = join(__dirname, '../..');

describe.each(MUTANTS)('the deliberate bug "$bug"', ({ file, search, suites }) => {
  it('has its place in the code, once', () => {
    expect(readFileSync(join(root, file), 'utf8').split(search)).toHaveLength(2);
  });

  it('names suites that exist', () => {
    expect(suites.filter((suite) => !existsSync(join(root, 'test', `${suite}.test.ts`)))).toEqual([]);
  });
});
