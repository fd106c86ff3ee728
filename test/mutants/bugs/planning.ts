import type { Mutant } from '../mutant';

const PLAN = 'lambdas/engine/kept-plan';

/** What a plan keeps, and how it is applied. */
export const PLANNING_MUTANTS: readonly Mutant[] = [
  {
    bug: 'lose the parts of a plan that earlier rounds have kept',
    file: `${PLAN}/plan-index.ts`,
    search: 'Array.from({ length: rounds }',
    replace: 'Array.from({ length: 0 * rounds }',
    suites: ['engine/kept-plan/kept-plan.property'],
  },
  {
    bug: 'apply a plan whose index somebody has changed',
    file: `${PLAN}/read-index.ts`,
    search: 'sha256(found.body) !== plan.sha256',
    replace: "plan.sha256 === ''",
    suites: ['engine/kept-plan/kept-plan.property'],
  },
  {
    bug: 'apply a part of a plan that somebody has changed',
    file: `${PLAN}/read-part.ts`,
    search: 'sha256(found.body) !== part.sha256',
    replace: "part.sha256 === ''",
    suites: ['engine/kept-plan/kept-plan.property'],
  },
  {
    bug: 'pass the last actions of a part when the next one begins',
    file: `${PLAN}/plan-parts.ts`,
    search: 'if (last && compareKeys(part.first, last.key) > 0) break;',
    replace: 'if (last) break;',
    suites: ['engine/kept-plan/kept-plan.property'],
  },
  {
    bug: 'show the delete loop what the source had',
    file: `${PLAN}/planned-action.ts`,
    search: "=== 'delete' ? destination : source",
    replace: "=== 'delete' ? source : destination",
    suites: ['engine/kept-plan/kept-plan.property'],
  },
  {
    bug: 'apply a plan without conditions on the destination',
    file: `${PLAN}/plan-to-apply.ts`,
    search: 'conditional: true }',
    replace: 'conditional: settled.input.conditional }',
    suites: ['mirror/run/apply'],
  },
  {
    bug: 'apply a plan with other filters than it was made with',
    file: `${PLAN}/plan-to-apply.ts`,
    search: 'if (asked === was) continue;',
    replace: "if (asked === was || field === 'exclude') continue;",
    suites: ['mirror/run/apply'],
  },
  {
    bug: 'copy another version than the one that somebody has reviewed',
    file: 'lambdas/engine/copy/object-copier.ts',
    search: '      if (this.#isExact) throw error;\n',
    replace: '',
    suites: ['mirror/run/apply'],
  },
  {
    bug: 'delete what a plan found without asking the source again',
    file: 'lambdas/engine/delete/orphan-deleter.ts',
    search: 'const listed = this.areListed ? this.#batch : [];',
    replace: 'const listed = this.#batch;',
    suites: ['mirror/run/apply'],
  },
  {
    bug: 'end a run whose plan has only deletes',
    file: 'lambdas/engine/tasks/close-phase.ts',
    search: 'plan?.copies === 0 && plan.deletes === 0',
    replace: 'plan?.copies === 0',
    suites: ['mirror/run/mirror.property'],
  },
  {
    bug: 'decide what a reviewed plan could not decide',
    file: 'lambdas/engine/plan/planned-visitor.ts',
    search: "planned.action === 'decide' && this.task.input.run.plan?.exactly",
    replace: "planned.action === 'decide' && !this.task",
    suites: ['mirror/run/apply'],
  },
  {
    bug: 'count the actions of a plan twice',
    file: 'statemachine/contract/totals.ts',
    search: 'listed: found.unchanged + skipped,',
    replace: 'listed: found.listed,',
    suites: ['mirror/run/mirror.property'],
  },
  {
    bug: 'believe how many actions the index of a plan has',
    file: 'lambdas/engine/kept-plan/read-index.ts',
    search: "return isWhole ? undefined : 'its parts do not have as many actions as the plan';",
    replace: 'return isWhole ? undefined : undefined;',
    suites: ['mirror/run/forged-plan'],
  },
  {
    bug: 'let a plan delete what bucketsync keeps for itself',
    file: 'lambdas/engine/kept-plan/planned-work.ts',
    search: '!isHidden(key, run.input, side) && takesPart(key)',
    replace: 'takesPart(key)',
    suites: ['mirror/run/forged-plan'],
  },
];
