import type { Mutant } from '../mutant';

/** What `bucketsync prove` spends, leaves behind and tells. */
export const PROVE_MUTANTS: readonly Mutant[] = [
  {
    bug: 'note what a proof has made once it is there',
    file: 'prove/lab.ts',
    search: 'this.journal.note(resource);\n    return make();',
    replace: 'return make().then((made) => (this.journal.note(resource), made));',
    suites: ['prove/clean'],
  },
  {
    bug: 'clean up whatever begins with the name of a proof',
    file: 'prove/journal.ts',
    search: '/^[-.]/.test(name.slice(proof.length))',
    replace: 'name.length > 0',
    suites: ['prove/journal'],
  },
  {
    bug: 'show signatures of the requests of a proof',
    file: 'prove/exchange.ts',
    search: "  'authorization',",
    replace: '',
    suites: ['prove/exchange'],
  },
  {
    bug: 'believe a notification that does not name the report of its run',
    file: 'prove/notifications.ts',
    search: "&& 'report',",
    replace: '&& false,',
    suites: ['prove/notifications'],
  },
  {
    bug: 'add what a run says that it cost to what was counted for it',
    file: 'prove/spending.ts',
    search: 'estimatedUsd * DEAREST_REGION - countedUsd',
    replace: 'estimatedUsd * DEAREST_REGION',
    suites: ['prove/exchange'],
  },
  {
    bug: 'let the ceiling of a proof stop its cleaning up',
    file: 'prove/spending.ts',
    search: 'if (this.isCleaningUp || (',
    replace: 'if ((',
    suites: ['prove/exchange'],
  },
];
