import type { Mutant } from '../mutant';

/** Bugs by which the doctor calls something well that is not, or that it has not seen. */
export const DOCTOR_MUTANTS: readonly Mutant[] = [
  {
    bug: 'take what was not answered for well',
    file: 'local/doctor/finding.ts',
    search: "return { state: 'unchecked', says:",
    replace: "return { state: 'ok', says:",
    suites: ['cli/doctor'],
  },
  {
    bug: 'take a lifecycle rule that is off for one that works',
    file: 'local/doctor/checks/lifecycle-checks.ts',
    search: "rules.filter(({ Status }) => Status === 'Enabled')",
    replace: 'rules.filter(({ Status }) => Status !== undefined)',
    suites: ['cli/doctor-faults'],
  },
  {
    bug: 'print a command that removes the lifecycle rules of the bucket',
    file: 'local/doctor/checks/lifecycle-checks.ts',
    search: `'former versions never expire, so all that was overwritten or deleted costs money for ever',
        putRules(facts, { ...known, rules: [...known.rules, `,
    replace: `'former versions never expire, so all that was overwritten or deleted costs money for ever',
        putRules(facts, { ...known, rules: [`,
    suites: ['cli/doctor-faults'],
  },
  {
    bug: 'let the doctor end well although a check failed',
    file: 'cli/commands/doctor.ts',
    search: "state === 'failure') ? 1 : 0",
    replace: "state === 'failure') ? 0 : 0",
    suites: ['cli/doctor'],
  },
  {
    bug: 'call a mirror up to date whose last success was long ago',
    file: 'local/doctor/checks/watch-checks.ts',
    search: 'withinMs === undefined || ageMs <= withinMs',
    replace: 'withinMs === undefined || ageMs > 0',
    suites: ['local/doctor/check-stack'],
  },
  {
    bug: 'leave the client for Lambda out of the package',
    file: 'scripts/build-programs.ts',
    search: 'IN_STEP_FUNCTIONS.test(importer) ?',
    replace: "importer !== '' ?",
    suites: ['cli/doctor-stack'],
  },
];
