import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseMutants } from './choose-mutants';
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

  it('names a killer that is in its first suite', () => {
    const named = MUTANTS.flatMap(({ bug, killer, suites: [suite] }) => (killer ? [{ bug, killer, suite }] : []));
    const isThere = ({ killer, suite }: (typeof named)[number]) =>
      readFileSync(join(root, 'test', `${suite}.test.ts`), 'utf8').includes(killer);

    expect(named.filter((mutant) => !isThere(mutant))).toEqual([]);
  });

  it('has a name of its own', () => {
    const names = MUTANTS.map(({ bug }) => bug);

    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});

describe('npm run test:mutants', () => {
  it('tries all bugs, those from a number on, or those with such names', () => {
    expect(chooseMutants([])).toHaveLength(MUTANTS.length);
    expect(chooseMutants(['--from', '3'])[0]).toEqual({ mutant: MUTANTS[2], number: `3/${MUTANTS.length}` });
    const [first, second] = MUTANTS.map(({ bug }) => bug);
    expect(chooseMutants([`${second}`, `${first}`]).map(({ mutant }) => mutant.bug)).toEqual([first, second]);
  });

  it.each([
    [['--from', 'a lock'], '--from'],
    [['--from', '0'], '--from'],
    [['--from', '100000'], '--from'],
    [['no such bug'], 'no such bug'],
    [['--form', '3'], '--form'],
  ])('rejects %j', (argv, named) => {
    expect(() => chooseMutants(argv)).toThrow(named);
  });
});
