import type { Mutant } from '../mutant';

/** What is deleted, and what has to be proved before. */
export const DELETING_MUTANTS: readonly Mutant[] = [
  {
    bug: "take for the run's own delete what somebody else deleted first",
    file: 'lambdas/engine/orphan-deleter.ts',
    search: "if (error.reason !== 'gone' || !batch.repeated.has(key))",
    replace: "if (error.reason !== 'gone')",
    suites: ['engine/failures'],
  },
  {
    bug: 'send a delete again without asking the source again',
    file: 'lambdas/engine/orphan-deleter.ts',
    search: 'if (attempt === 1 && requests.every(isFresh))',
    replace: 'if (requests.every(isFresh))',
    suites: ['engine/orphan-proof'],
  },
  {
    bug: 'take every answer to a HEAD but an object for a proof of absence',
    file: 'lambdas/engine/orphan-proof.ts',
    search: "return answer.reason === 'gone';",
    replace: 'return true;',
    suites: ['engine/orphan-proof'],
  },
  {
    bug: 'delete what the filters leave out',
    file: 'lambdas/engine/delete-range.ts',
    search: 'const orphan = takesPart && !source;',
    replace: 'const orphan = !source;',
    suites: ['engine/guards', 'engine/mirror.property'],
  },
  {
    bug: 'believe a 403 where S3 hides that a key is absent',
    file: 'lambdas/engine/hidden-absence.ts',
    search: 'return (await this.#hides) && !(await shows(listPages(this.side, { keyPrefix: key, maxKeys: 1 }), key));',
    replace: 'return false;',
    suites: ['engine/folder-permissions'],
  },
  {
    bug: 'take all for absent that a 403 may hide',
    file: 'lambdas/engine/hidden-absence.ts',
    search: 'if (first) return first.key === key;',
    replace: 'if (first) return false;',
    suites: ['engine/folder-permissions'],
  },
  {
    bug: 'give every round the whole of `maxDeletes`',
    file: 'lambdas/engine/delete-allowance.ts',
    search: ' - (before?.deleted ?? 0)',
    replace: '',
    suites: ['engine/delete-allowance'],
  },
  {
    bug: 'let a repeated attempt spend its share of `maxDeletes` again',
    file: 'lambdas/engine/delete-allowance.ts',
    search: 'if (!isFirst) [',
    replace: 'if (isFirst === undefined) [',
    suites: ['engine/delete-allowance'],
  },
  {
    bug: 'delete though the source was emptied after the run began',
    file: 'lambdas/engine/source-guard.ts',
    search: "    this.#state = 'empty';\n",
    replace: "    this.#state = 'content';\n",
    suites: ['engine/emptied-source'],
  },
  {
    bug: 'begin the search for content anew in each round',
    file: 'lambdas/engine/delete-range.ts',
    search: 'ends.map((end) => guard.carryOn(end))',
    replace: 'ends',
    suites: ['engine/slow-look'],
  },
  {
    bug: 'leave the share of `maxDeletes` to another attempt where there was no orphan',
    file: 'lambdas/engine/delete-allowance.ts',
    search: '    await this.claim();\n',
    replace: '',
    suites: ['engine/delete-allowance'],
  },
  {
    bug: 'take a copy for an orphan, if a filter leaves its source object out',
    file: 'lambdas/engine/delete-range.ts',
    search: 'const orphan = takesPart && !source;',
    replace: 'const orphan = task.takesPart(destination) && !(source && takesPart);',
    suites: ['engine/object-filters'],
  },
];
