import { startLoops } from '../../../lambdas/engine/phases/start-loops';
import type { Phase, Run } from '../../../statemachine/contract';

const sync: Phase = { name: 'sync', copy: true, delete: true, write: true, include: [], exclude: [] };

function budgets(plan: { copies: number; deletes: number } | undefined, first: number) {
  const run = { input: {}, ...(plan && { plan: { id: 'a', sha256: '', restores: 0, ...plan } }) } as Run;
  const { copy, delete: deletes } = startLoops(sync, run, [first, 60_000]);
  return [copy.budgetMs, deletes.budgetMs];
}

it.each<[what: string, plan: Parameters<typeof budgets>[0], first: number, copy: number, remove: number]>([
  ['without a plan', undefined, 20_000, 20_000, 20_000],
  ['if one Task may do all of the plan', { copies: 100_000, deletes: 100_000 }, 20_000, 20_000, 20_000],
  ['if it certainly does not do all copies', { copies: 100_001, deletes: 9 }, 20_000, 1_000, 20_000],
  ['if it certainly does not do all deletes', { copies: 9, deletes: 100_001 }, 20_000, 20_000, 1_000],
  ['if the first budget is shorter anyway', { copies: 100_001, deletes: 100_001 }, 500, 500, 500],
])('gives the first round, which has one Task, its time %s', (_what, plan, first, copy, remove) => {
  expect(budgets(plan, first)).toEqual([copy, remove]);
});
