import type { Mutant } from '../mutant';

/** What is deployed. */
export const LIB_MUTANTS: readonly Mutant[] = [
  {
    bug: 'find no cycle of more than two mirrors',
    file: 'lib/mirror-registry.ts',
    search: 'ways.push([...way, next]);',
    replace: 'if (way.length < 2) ways.push([...way, next]);',
    suites: ['lib/mirror-registry'],
  },
  {
    bug: 'put the input of an execution into the message as a text',
    file: 'lib/sync-notifications.ts',
    search: "detail: events.EventField.fromPath('$.detail'),",
    replace: "detail: events.EventField.fromPath('$.detail.input'),",
    suites: ['lib/sync-notifications'],
  },
  {
    bug: 'forget that Lambda measures an environment as JSON',
    file: 'lib/sync-functions.ts',
    search: 'const text = JSON.stringify(environment)',
    replace: "const text = Object.entries(environment).flat().join('')",
    suites: ['lib/environment-size'],
  },
];
