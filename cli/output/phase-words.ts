import type { Phase } from '../../statemachine/contract';
import { writesNothing } from '../../statemachine/writes-nothing';

/** What a phase does, for people who do not know its name. */
const TITLES: Readonly<Record<Exclude<Phase['name'], `step-${number}`>, string>> = {
  plan: 'finding out what would be copied and deleted',
  sync: 'copying what is missing or changed, deleting orphans',
  assets: 'copying assets',
  pages: 'copying pages',
  'first-deletes': 'deleting orphans that may refer to others',
  deletes: 'deleting orphans',
  verify: 'comparing both sides once more',
};

export function phaseTitle(phase: Phase['name']): string {
  const [, step] = /^step-(\d+)$/.exec(phase) ?? [];
  return step === undefined ? TITLES[phase as keyof typeof TITLES] : `copying step ${step}`;
}

/** Whether a phase copies and deletes, and not only looks. */
export function doesWork(phase: Phase['name']): boolean {
  return !writesNothing(phase);
}

/** The meaning of the counters `copied` and `deleted` in a phase. */
export function outcomeWords(phase: Phase['name']): { readonly copied: string; readonly deleted: string } {
  if (phase === 'plan') return { copied: 'to copy', deleted: 'to delete' };
  return phase === 'verify' ? { copied: 'differ', deleted: 'orphans left' } : { copied: 'copied', deleted: 'deleted' };
}
