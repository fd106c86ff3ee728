import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import type { Mutant } from './mutant';
import { MUTANTS } from './mutants';

export interface Chosen {
  readonly mutant: Mutant;
  /** Its place in the whole list, `12/237`. */
  readonly number: string;
}

/**
 * @param argv  parts of names of bugs; `--since <commit>` for those whose file or suites changed since then; `--from <n>` to go
 *   on at a number
 * @throws Error  a name stands for no bug, or the number is none of the list
 */
export function chooseMutants(argv: readonly string[]): Chosen[] {
  const { values, positionals: names } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { since: { type: 'string' }, from: { type: 'string', default: '1' } },
  });
  const unknown = names.find((name) => !MUTANTS.some(({ bug }) => bug.includes(name)));
  if (unknown !== undefined) throw new Error(`Expected a part of the name of a bug, got ${JSON.stringify(unknown)}`);
  const from = Number(values.from);
  if (!Number.isInteger(from) || from < 1 || from > MUTANTS.length) {
    throw new Error(`Expected --from to be a number from 1 to ${MUTANTS.length}, got ${JSON.stringify(values.from)}`);
  }
  const changed = values.since === undefined ? undefined : filesChangedSince(values.since);
  return MUTANTS.map((mutant, index) => ({ mutant, number: `${index + 1}/${MUTANTS.length}` }))
    .slice(from - 1)
    .filter(({ mutant }) => names.length === 0 || names.some((name) => mutant.bug.includes(name)))
    .filter(({ mutant }) => !changed || filesOf(mutant).some((file) => changed.has(file)));
}

function filesOf({ file, suites }: Mutant): readonly string[] {
  return [file, ...suites.map((suite) => `test/${suite}.test.ts`)];
}

function filesChangedSince(commit: string): ReadonlySet<string> {
  return new Set(execFileSync('git', ['diff', '--name-only', commit], { encoding: 'utf8' }).split('\n'));
}
