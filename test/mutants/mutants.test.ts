import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MUTANTS } from './mutants';

const root = join(__dirname, '../..');

describe('each deliberate bug', () => {
  it('has its place in the code, once', () => {
    const places = (file: string, search: string) => readFileSync(join(root, file), 'utf8').split(search).length - 1;
    const wrong = MUTANTS.map(({ bug, file, search }) => ({ bug, file, places: places(file, search) })).filter(
      ({ places }) => places !== 1,
    );

    expect(wrong).toEqual([]);
  });

  it('names suites that exist', () => {
    const suites = MUTANTS.flatMap(({ bug, suites }) => suites.map((suite) => ({ bug, suite })));

    expect(suites.filter(({ suite }) => !existsSync(join(root, 'test', `${suite}.test.ts`)))).toEqual([]);
  });

  it('has a name of its own', () => {
    const names = MUTANTS.map(({ bug }) => bug);

    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});
