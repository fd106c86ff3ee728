import type { Mutant } from '../mutant';

/** What is deployed. */
export const LIB_MUTANTS: readonly Mutant[] = [
  {
    bug: 'take a source of two kinds',
    file: 'lib/sync-mirror.ts',
    search: 'readonly source: SyncLocation;',
    replace: 'readonly source: SyncLocation | SyncSchedule;',
    suites: ['lib/exports'],
  },
  {
    bug: 'expect no success of a schedule that is added later',
    file: 'lib/bucket-sync.ts',
    search: "this.node.tryRemoveChild('Monitoring');\n    this.#createMonitoring();",
    replace: '',
    suites: ['lib/add-schedule'],
  },
  {
    bug: 'expect a success of a schedule that mirrors only a folder',
    file: 'lib/sync-schedules.ts',
    search: 'if (isWhole(settled, mirror.deployed)) ',
    replace: '',
    suites: ['lib/add-schedule'],
  },
  {
    bug: 'find no cycle of more than two mirrors',
    file: 'lib/mirror-registry.ts',
    search: 'ways.push([...way, next]);',
    replace: 'if (way.length < 2) ways.push([...way, next]);',
    suites: ['lib/mirror-registry'],
  },
  {
    bug: 'put the cause of an execution, which others write, into a message',
    file: 'lib/outside-end.ts',
    search: "'What to do: start a run. It does what is left.',",
    replace: "field('cause'),",
    suites: ['lib/sync-notifications'],
  },
  {
    bug: 'forget that Lambda measures an environment as JSON',
    file: 'lib/function-environment.ts',
    search: 'const text = JSON.stringify(environment)',
    replace: "const text = Object.entries(environment).flat().join('')",
    suites: ['lib/environment-size'],
  },
];
