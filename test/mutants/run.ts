import { availableParallelism } from 'node:os';
import { chooseMutants } from './choose-mutants';
import { findKiller } from './find-killer';
import type { Mutant } from './mutant';
import { Tree } from './tree';

const VERDICTS = { noticed: 'noticed ', survived: 'SURVIVED', broken: 'BROKEN  ' };

/**
 * Breaks copies of the project, one deliberate bug after the other, and checks that the tests notice each. There are as many
 * copies as this machine has cores. A bug is `broken` if it cannot be tried: its place is gone, or its suites fail without it.
 */
async function main(): Promise<void> {
  const queue = chooseMutants(process.argv.slice(2));
  const counts = { noticed: 0, survived: 0, broken: 0 };
  const all = queue.length;

  async function tryBugs(): Promise<void> {
    const tree = new Tree();
    try {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const startedAt = performance.now();
        const { verdict, by } = await tryBug(tree, next.mutant);
        counts[verdict] += 1;
        const seconds = Math.round((performance.now() - startedAt) / 1000);
        print(`${next.number} ${VERDICTS[verdict]} ${next.mutant.bug} (${seconds} s)\n      ${by}`);
      }
    } finally {
      tree.remove();
    }
  }

  await Promise.all(Array.from({ length: Math.min(availableParallelism(), all) }, tryBugs));
  print(`\n${all} bugs: ${counts.noticed} noticed, ${counts.survived} survived, ${counts.broken} broken`);
  process.exitCode = counts.noticed === all ? 0 : 1;
}

async function tryBug(tree: Tree, mutant: Mutant): Promise<{ verdict: keyof typeof VERDICTS; by: string }> {
  try {
    const by = await findKiller(tree, mutant);
    return by === undefined ? { verdict: 'survived', by: mutant.suites.join(', ') } : { verdict: 'noticed', by };
  } catch (error) {
    return { verdict: 'broken', by: String(error) };
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

main().catch(({ message }: Error) => {
  print(message);
  process.exitCode = 2;
});
