import type { Mutant } from '../mutant';

/** What an execution may be asked for, and its counters. */
export const STATEMACHINE_MUTANTS: readonly Mutant[] = [
  {
    bug: 'say by what objects are equal of one range alone',
    file: 'statemachine/contract/counters.ts',
    search: 'proved[by] = (proved[by] ?? 0) + count;',
    replace: 'proved[by] = count;',
    suites: ['mirror/copy/verified'],
  },
  {
    bug: 'take a percentage of maxDeletes of what the filters leave alone, too',
    file: 'statemachine/contract/limits.ts',
    search: 'asCount(maxDeletes, walked(planned))',
    replace: 'asCount(maxDeletes, planned.listed)',
    suites: ['mirror/delete/delete-safety'],
  },
  {
    bug: 'let a plan delete 100 objects or half of them, whichever is less',
    file: 'statemachine/contract/limits.ts',
    search: 'return Math.max(DEFAULT_DELETES.objects,',
    replace: 'return Math.min(DEFAULT_DELETES.objects,',
    suites: ['mirror/run/plan-guards'],
  },
  {
    bug: 'count a new object as overwritten, too',
    file: 'lambdas/engine/range/ledger.ts',
    search: "if (reason !== 'missing') this",
    replace: 'this',
    suites: ['mirror/run/plan-guards', 'model/model'],
  },
  {
    bug: 'forget a guard where a run is asked to have no plan',
    file: 'statemachine/input/refuse-contradictions.ts',
    search: 'if (input.plan !== false || guard === undefined) return;',
    replace: 'return;',
    suites: ['mirror/run/plan-guards'],
  },
  {
    bug: 'let ValidateInput delete under no condition',
    file: 'permissions/sync-tasks.ts',
    search: "{ action: DELETE, name: PROBE_NAME, condition: { Null: { 's3:if-match': 'false' } } }",
    replace: 'DELETE',
    suites: ['permissions/limits'],
  },
  {
    bug: 'let an execution turn deletes on that are deployed off',
    file: 'statemachine/input/narrowing.ts',
    search: '  delete: become(false),',
    replace: '  delete: any,',
    suites: ['statemachine/input/deployed-settings'],
  },
  {
    bug: 'take the other one of a count and a percentage for narrower, and forget the deployed one',
    file: 'statemachine/input/deployed-settings.ts',
    search: 'typeof asked === typeof deployed ? undefined : deployed',
    replace: 'undefined',
    suites: ['statemachine/input/deployed-settings', 'mirror/run/deployed-settings'],
  },
  {
    bug: 'mirror a sub-folder into another one',
    file: 'statemachine/input/deployed-mirrors.ts',
    search: 'if (to === undefined || to === folder) return folder;',
    replace: 'return folder;',
    suites: ['statemachine/input/deployed-settings'],
  },
];
