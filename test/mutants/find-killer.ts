import type { Mutant } from './mutant';
import { type Outcome, type Part, runSuite } from './run-suite';
import type { Tree } from './tree';

/** How many tests each part of a suite has. It has run once without a bug: if it fails then, its failure says nothing about bugs. */
const tests = new Map<string, Promise<number>>();

/** @returns the first test that fails because of the bug; undefined if all pass */
export async function findKiller(tree: Tree, mutant: Mutant): Promise<string | undefined> {
  for (const part of partsFor(mutant)) {
    if ((await testsWithoutBug(tree, part)) === 0) continue;
    const outcome = await tree.whileBroken(mutant, () => runSuite(tree, part));
    const killer = describeKiller(outcome);
    if (killer !== undefined) return `${part.suite}: ${killer}`;
  }
  return undefined;
}

/** What notices most bugs soonest comes first, what takes longest comes last. */
function partsFor({ suites, killer, cpuSeconds }: Mutant): readonly Part[] {
  const [first] = suites;
  const named: Part[] = killer && first ? [{ suite: first, project: 'unit', title: killer, cpuSeconds }] : [];
  const all = (project: Part['project']) => suites.map((suite) => ({ suite, project }));
  return [...named, ...all('unit'), ...all('full')];
}

function testsWithoutBug(tree: Tree, part: Part): Promise<number> {
  const name = JSON.stringify(part);
  const known = tests.get(name) ?? expectPass(tree, part);
  tests.set(name, known);
  return known;
}

async function expectPass(tree: Tree, part: Part): Promise<number> {
  const { failed, passed, broken, timedOut } = await runSuite(tree, part);
  const problem = failed ?? broken ?? (timedOut ? 'the time limit' : undefined);
  if (problem !== undefined) throw new Error(`Without a bug, expected ${part.suite} to pass, got ${problem}`);
  if (passed === 0 && part.title !== undefined) {
    throw new Error(`Expected a test "${part.title}" in ${part.suite}, got none`);
  }
  return passed;
}

function describeKiller({ failed, broken, timedOut }: Outcome): string | undefined {
  if (timedOut) return 'the time limit';
  if (failed !== undefined) return `"${failed}"`;
  if (broken !== undefined) throw new Error(`Expected the suite to run, got ${broken}`);
  return undefined;
}
