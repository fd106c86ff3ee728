import type { Mutant } from '../mutant';

/** What CloudFront is told. */
export const INVALIDATING_MUTANTS: readonly Mutant[] = [
  {
    bug: 'tell CloudFront of new keys, too',
    file: 'lambdas/engine/invalidation/changed-keys.ts',
    search: "newKeys || reason !== 'missing'",
    replace: "newKeys || reason !== ''",
    suites: ['mirror/invalidation/invalidation'],
    killer: 'tells of new objects only if it is asked to',
  },
  {
    bug: 'encode the tilde in a path',
    file: 'lambdas/engine/invalidation/paths-of-key.ts',
    search: "const DISPUTED = /[~'*+ ?[\\]|^\\\\]/;",
    replace: "const DISPUTED = /['*+ ?[\\]|^\\\\]/;",
    suites: ['engine/invalidation/paths'],
  },
  {
    bug: 'fail a run because CloudFront was not told',
    file: 'lambdas/engine/invalidation/invalidate.ts',
    search: 'warning: describeFailure(failure as Error, distribution) };',
    replace: 'warning: (() => { throw failure; })() };',
    suites: ['mirror/invalidation/cloudfront-failures'],
  },
  {
    bug: 'give up at once while CloudFront is busy',
    file: 'lambdas/engine/invalidation/invalidate.ts',
    search: '!BUSY.has((error as Error).name)',
    replace: 'BUSY.size > 0',
    suites: ['mirror/invalidation/cloudfront-failures'],
  },
  {
    bug: 'tell CloudFront of deletes only before they are done',
    file: 'lambdas/engine/invalidation/invalidate.ts',
    search: "begun.filter((name) => name === 'deletes')",
    replace: 'begun.filter(() => false)',
    suites: ['mirror/invalidation/invalidation'],
  },
  {
    bug: 'forget what an attempt did whose report is lost',
    file: 'lambdas/engine/invalidation/invalidate.ts',
    search: 'return copied + failed - outdated + restores >= copies;',
    replace: 'return copied + failed - outdated + restores + copies >= copies;',
    suites: ['mirror/invalidation/lost-writes'],
  },
];
