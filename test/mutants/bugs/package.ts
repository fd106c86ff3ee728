import type { Mutant } from '../mutant';

/** How the command line is installed, called and explained. */
export const PACKAGE_MUTANTS: readonly Mutant[] = [
  {
    bug: 'name the command of a project as if it were on the PATH',
    file: 'cli/output/own-name.ts',
    search: 'if (isByPackageManager(env)) return',
    replace: 'if (false) return',
    suites: ['cli/own-name'],
  },
  {
    bug: 'print a command that this user cannot type',
    file: 'cli/output/output.ts',
    search: '.map((piece) => withOwnName(piece));',
    replace: ';',
    suites: ['cli/own-name'],
  },
  {
    bug: 'guess a command from any word',
    file: 'cli/help/suggest.ts',
    search: 'if (shorter < 3) return false;',
    replace: 'if (shorter > 0) return true;',
    suites: ['cli/help'],
  },
  {
    bug: 'leave options out of the completion',
    file: 'cli/help/completion/bash.ts',
    search: 'const names = options.flatMap(',
    replace: 'const names = options.slice(1).flatMap(',
    suites: ['cli/completion'],
  },
  {
    bug: 'take the first of several stacks',
    file: 'cli/deployed/state-machine.ts',
    search: 'if (others.length === 0) return findInStack(only, client);',
    replace: 'if (others.length >= 0) return findInStack(only, client);',
    suites: ['cli/start'],
  },
];
