import type { Mutant } from '../mutant';

/** How suites are run. */
export const TEST_MUTANTS: readonly Mutant[] = [
  {
    bug: 'run no suite at full length before a change is accepted',
    file: '.ci/run',
    search: "step 'npm run test:all'",
    replace: '',
    suites: ['jest/suites-of-two-lengths'],
  },
];
