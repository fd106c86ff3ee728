import type { Mutant } from './mutant';
import { MUTANTS } from './mutants';
import { type Outcome, runSuite } from './run-suite';
import { Tree } from './tree';

/** Breaks a copy of the project, one deliberate bug after the other, and checks that the tests notice each. */
async function main(): Promise<void> {
  const wanted = process.argv[2] ?? '';
  const mutants = MUTANTS.filter(({ bug }) => bug.includes(wanted));
  const tree = new Tree();
  try {
    for (const mutant of mutants) await tree.whileBroken(mutant, async () => {}); // all of them, before any takes its time
    await expectAllPass(tree, mutants);
    let survivors = 0;
    for (const mutant of mutants) {
      const killer = await tree.whileBroken(mutant, () => findKiller(tree, mutant));
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

async function expectAllPass({ folder }: Tree, mutants: readonly Mutant[]): Promise<void> {
  const suites = [...new Set(mutants.flatMap((mutant) => mutant.suites))];
  let tests = 0;
  for (const suite of suites) {
    const { failed, passed, broken, timedOut } = await runSuite(folder, suite);
    const problems = [...failed, ...broken, ...(timedOut ? ['the time limit'] : [])];
    if (problems.length > 0) throw new Error(`Without a bug, expected ${suite} to pass, got ${problems.join('\n')}`);
    tests += passed;
  }
  print(`Without a bug, ${tests} tests in ${suites.length} suites pass.\n`);
}

/** The first test that fails; undefined where nobody noticed. */
async function findKiller({ folder }: Tree, { suites }: Mutant): Promise<string | undefined> {
  for (const suite of suites) {
    const killer = describeKiller(await runSuite(folder, suite));
    if (killer !== undefined) return `${suite}: ${killer}`;
  }
  return undefined;
}

function describeKiller({ failed, broken, timedOut }: Outcome): string | undefined {
  if (timedOut) return 'the time limit';
  const [first] = failed;
  if (first !== undefined) return `"${first}"${failed.length > 1 ? ` and ${failed.length - 1} more` : ''}`;
  if (broken.length > 0) throw new Error(`Expected the suite to run, got ${broken.join('\n')}`);
  return undefined;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

void main();
