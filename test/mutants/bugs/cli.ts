import type { Mutant } from '../mutant';

/** The command line, and what it does for a run on this machine. */
export const CLI_MUTANTS: readonly Mutant[] = [
  {
    bug: 'take an answer that only begins with y for a yes',
    file: 'cli/commands/confirm-plan.ts',
    search: '/^y(es)?$/i',
    replace: '/^y(es)?/i',
    suites: ['cli/confirm-plan'],
  },
  {
    bug: 'go on with a plan that nobody confirmed',
    file: 'local/confirm-plan.ts',
    search: 'return { ...state, phases: [], error:',
    replace: 'return { ...state, error:',
    suites: ['local/run-locally'],
  },
  {
    bug: 'end a check of different sides with 0',
    file: 'cli/output/plan.ts',
    search: 'return totals.copied + totals.deleted + ',
    replace: 'return ',
    suites: ['cli/plan'],
  },
  {
    bug: 'count an overwritten object as a new one',
    file: 'lambdas/engine/report/plan-digest.ts',
    search: "return reason === 'missing' ? 'created' : 'overwritten';",
    replace: "return reason === '' ? 'overwritten' : 'created';",
    suites: ['engine/report/plan-digest'],
  },
  {
    bug: 'foretell the time left by objects alone',
    file: 'cli/output/progress/time-left.ts',
    search: 'Object.values(work as Record<string, Work>).map(',
    replace: 'Object.values({ ...work, bytes: undefined } as Record<string, Work>).filter(Boolean).map(',
    suites: ['cli/progress.property'],
  },
  {
    bug: 'take the copies for planned if the plan did not look for them',
    file: 'local/progress-tracker.ts',
    search: '...(before.copy && { copy: copy.finished })',
    replace: '...{ copy: copy.finished }',
    suites: ['cli/progress'],
  },
  {
    bug: 'load the AWS SDK whenever the command line starts',
    file: 'cli/main.ts',
    search: "import { CommanderError } from 'commander';\n",
    replace: "import { CommanderError } from 'commander';\nimport '@aws-sdk/client-s3';\n",
    suites: ['architecture'],
  },
  {
    bug: 'print to the terminal what keys tell it to do',
    file: 'cli/output/output.ts',
    search: 'index % 2 === 1 ? piece : printable(piece)',
    replace: 'index % 2 === 1 ? piece : piece',
    suites: ['cli/hostile-text'],
  },
  {
    bug: 'take other credentials where a profile has none',
    file: 'cli/input/profile.ts',
    search: '  if (hasSource(section)) return new Set();\n  throw',
    replace: '  if (hasSource(section) || true) return new Set();\n  throw',
    suites: ['cli/profile'],
  },
  {
    bug: 'leave it to AWS_IGNORE_CONFIGURED_ENDPOINT_URLS whether a named endpoint is asked',
    file: 'cli/input/endpoint.ts',
    search: "  env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = 'false';\n",
    replace: '',
    suites: ['cli/profile'],
  },
  {
    bug: 'sum a run up by a history that is behind',
    file: 'cli/deployed/watch.ts',
    search: '      if (!described.output) await history.readToEnd(clock);\n',
    replace: '',
    suites: ['cli/late-reads'],
  },
  {
    bug: 'find credentials once for each client that asks at the same time',
    file: 'local/credential-broker.ts',
    search: 'this.#finding ??= this.#find(rejected)',
    replace: 'this.#finding = this.#find(rejected)',
    suites: ['local/credential-broker'],
  },
];
