import type { Mutant } from '../mutant';

/** What is deleted, and what has to be proved before. */
export const DELETING_MUTANTS: readonly Mutant[] = [
  {
    bug: "take for the run's own delete what somebody else deleted first",
    file: 'lambdas/engine/delete/orphan-deleter.ts',
    search: "if (error.reason !== 'gone' || !batch.repeated.has(key))",
    replace: "if (error.reason !== 'gone')",
    suites: ['mirror/run/failures'],
  },
  {
    bug: 'send a delete again without asking the source again',
    file: 'lambdas/engine/delete/orphan-deleter.ts',
    search: 'if (attempt === 1 && requests.every(isFresh))',
    replace: 'if (requests.every(isFresh))',
    suites: ['mirror/delete/orphan-proof'],
  },
  {
    bug: 'take every answer to a HEAD but an object for a proof of absence',
    file: 'lambdas/engine/delete/orphan-proof.ts',
    search: "return answer.reason === 'gone';",
    replace: 'return true;',
    suites: ['mirror/delete/orphan-proof'],
  },
  {
    bug: 'delete what the filters leave out',
    file: 'lambdas/engine/tasks/delete-range.ts',
    search: 'const orphan = takesPart && !source;',
    replace: 'const orphan = !source;',
    suites: ['mirror/delete/guards', 'mirror/run/mirror.property'],
  },
  {
    bug: 'believe a 403 where S3 hides that a key is absent',
    file: 'lambdas/engine/listing/hidden-absence.ts',
    search: 'return (await this.#hides) && !(await shows(listPages(this.side, { keyPrefix: key, maxKeys: 1 }), key));',
    replace: 'return false;',
    suites: ['mirror/servers/folder-permissions'],
  },
  {
    bug: 'take all for absent that a 403 may hide',
    file: 'lambdas/engine/listing/hidden-absence.ts',
    search: 'if (first) return first.key === key;',
    replace: 'if (first) return false;',
    suites: ['mirror/servers/folder-permissions'],
  },
  {
    bug: 'give every round the whole of `maxDeletes`',
    file: 'lambdas/engine/delete/delete-allowance.ts',
    search: ' - (before?.deleted ?? 0)',
    replace: '',
    suites: ['mirror/delete/delete-allowance'],
  },
  {
    bug: 'let a repeated attempt spend its share of `maxDeletes` again',
    file: 'lambdas/engine/delete/delete-allowance.ts',
    search: 'if (!isFirst) [',
    replace: 'if (isFirst === undefined) [',
    suites: ['mirror/delete/delete-allowance'],
  },
  {
    bug: 'delete though the source was emptied after the run began',
    file: 'lambdas/engine/delete/source-guard.ts',
    search: "    this.#state = 'empty';\n",
    replace: "    this.#state = 'content';\n",
    suites: ['mirror/delete/emptied-source'],
  },
  {
    bug: 'begin the search for content anew in each round',
    file: 'lambdas/engine/tasks/delete-range.ts',
    search: 'ends.map((end) => guard.carryOn(end))',
    replace: 'ends',
    suites: ['mirror/listing/slow-look'],
  },
  {
    bug: 'leave the share of `maxDeletes` to another attempt where there was no orphan',
    file: 'lambdas/engine/delete/delete-allowance.ts',
    search: '    await this.claim();\n',
    replace: '',
    suites: ['mirror/delete/delete-allowance'],
  },
  {
    bug: 'take a copy for an orphan, if a filter leaves its source object out',
    file: 'lambdas/engine/tasks/delete-range.ts',
    search: 'const orphan = takesPart && !source;',
    replace: 'const orphan = filter.takesPart(destination) && !(source && takesPart);',
    suites: ['mirror/listing/object-filters'],
  },
];
