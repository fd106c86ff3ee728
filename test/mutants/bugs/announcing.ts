import type { Mutant } from '../mutant';

/** What others learn of runs. */
export const ANNOUNCING_MUTANTS: readonly Mutant[] = [
  {
    bug: 'fail a run because an event could not be sent',
    file: 'lambdas/engine/announce/announce-run.ts',
    search: "log?.('warn', 'A message or an event was not sent', { what, error: name });",
    replace: 'throw error;',
    suites: ['mirror/report/announce'],
  },
  {
    bug: 'send a second message about a run that FinishRun has told of',
    file: 'lambdas/engine/run/describe-error.ts',
    search: "const isOfLambda = name.startsWith('Lambda.') || !given;",
    replace: 'const isOfLambda = !given;',
    suites: ['lib/sync-notifications'],
  },
  {
    bug: 'take an event for sent that EventBridge has not accepted',
    file: 'lambdas/host/announcer/event-bridge.ts',
    search: 'if (FailedEntryCount === 0) return;',
    replace: 'if (FailedEntryCount < 2) return;',
    suites: ['host/announcer'],
  },
  {
    bug: 'let the text of others begin a line of a message',
    file: 'wording/run-message.ts',
    search: 'cut(printableLine(line), LONGEST_LINE)',
    replace: 'cut(line, LONGEST_LINE)',
    suites: ['mirror/report/run-message'],
  },
];
