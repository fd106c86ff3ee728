import type { Mutant } from './mutant';
import { MUTANTS } from './mutants';
import { type Outcome, runSuite } from './run-suite';
import { Tree } from './tree';

/** With a bug, a suite may take so much longer than without one. */
const MOST_TIMES_LONGER = 10;

/** A suite gets at least so much time. */
const LEAST_MS = 240_000;

/**
 * Breaks a copy of the project, one deliberate bug after the other, and checks that the tests notice each. Arguments are parts of
 * the names of bugs; without any, it tries all.
 */
async function main(): Promise<void> {
  const mutants = wantedMutants(process.argv.slice(2));
  const tree = new Tree();
  try {
    for (const mutant of mutants) await tree.whileBroken(mutant, async () => {}); // all of them, before any takes its time
    const limits = await expectAllPass(tree, mutants);
    let survivors = 0;
    for (const mutant of mutants) {
      const killer = await tree.whileBroken(mutant, () => findKiller(tree, mutant, limits));
      if (killer === undefined) survivors += 1;
      print(
        `${killer === undefined ? 'SURVIVED' : 'killed  '}  ${mutant.bug}\n            ${killer ?? mutant.suites.join(', ')}`,
      );
    }
    print(`\n${mutants.length} bugs, ${mutants.length - survivors} noticed, ${survivors} not`);
    process.exitCode = survivors === 0 ? 0 : 1;
  } finally {
    tree.remove();
  }
}

/** @throws Error  a name stands for no bug */
function wantedMutants(names: readonly string[]): readonly Mutant[] {
  const unknown = names.find((name) => !MUTANTS.some(({ bug }) => bug.includes(name)));
  if (unknown !== undefined) throw new Error(`Expected a part of the name of a bug, got ${JSON.stringify(unknown)}`);
  return names.length === 0 ? MUTANTS : MUTANTS.filter(({ bug }) => names.some((name) => bug.includes(name)));
}

/** @returns how many milliseconds each suite may take with a bug, by how long it took without one */
async function expectAllPass({ folder }: Tree, mutants: readonly Mutant[]): Promise<ReadonlyMap<string, number>> {
  const limits = new Map<string, number>();
  const suites = [...new Set(mutants.flatMap((mutant) => mutant.suites))];
  let tests = 0;
  for (const suite of suites) {
    const { failed, passed, broken, timedOut, elapsedMs } = await runSuite(folder, suite);
    const problems = [...failed, ...broken, ...(timedOut ? ['the time limit'] : [])];
    if (problems.length > 0) throw new Error(`Without a bug, expected ${suite} to pass, got ${problems.join('\n')}`);
    tests += passed;
    limits.set(suite, Math.max(LEAST_MS, MOST_TIMES_LONGER * elapsedMs));
  }
  print(`Without a bug, ${tests} tests in ${suites.length} suites pass.\n`);
  return limits;
}

/** The first test that fails; undefined where nobody noticed. */
async function findKiller(
  { folder }: Tree,
  { suites }: Mutant,
  limits: ReadonlyMap<string, number>,
): Promise<string | undefined> {
  for (const suite of suites) {
    const killer = describeKiller(await runSuite(folder, suite, limits.get(suite)));
    if (killer !== undefined) return `${suite}: ${killer}`;
  }
  return undefined;
}

function describeKiller({ failed, broken, timedOut }: Outcome): string | undefined {
  if (timedOut) return `the time limit, ${MOST_TIMES_LONGER} times as long as without the bug`;
  const [first] = failed;
  if (first !== undefined) return `"${first}"${failed.length > 1 ? ` and ${failed.length - 1} more` : ''}`;
  if (broken.length > 0) throw new Error(`Expected the suite to run, got ${broken.join('\n')}`);
  return undefined;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

void main();
