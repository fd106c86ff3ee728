import type { RunStore } from '../../lambdas/engine/ports/run-store';
import { openRunStore } from '../../lambdas/host/run-store/open-run-store';

/** A run store that says that it keeps nothing. So a guard judges a plan, and then the loops walk the buckets and act at once. */
export function withoutPlans({ reportLocation }: { readonly reportLocation: string }): RunStore {
  return Object.assign(openRunStore(reportLocation), { keepsNothing: true });
}
