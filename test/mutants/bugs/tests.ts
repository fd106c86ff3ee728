import type { Mutant } from '../mutant';

/** How suites are run. */
export const TEST_MUTANTS: readonly Mutant[] = [
  {
    bug: 'leave what a suite changed of the process to the suites after it',
    file: 'test/jest/shared-globals.js',
    search: 'for (const setBack of this.setBack) setBack();',
    replace: '',
    suites: ['jest/shared-globals'],
  },
  {
    bug: 'run no suite at full length before a change is accepted',
    file: '.ci/run',
    search: 'npm run test:all',
    replace: 'npm run check',
    suites: ['jest/full-length'],
  },
  {
    bug: 'play nothing of a list of cases that is shorter than the part',
    file: 'test/support/length.ts',
    search: 'Math.min(step, rows.length)',
    replace: 'step',
    suites: ['jest/full-length'],
  },
  {
    bug: 'copy in memory without the condition that a copy over HTTP has',
    file: 'test/support/memory/memory-destination.ts',
    search: "'x-amz-copy-source-if-match'",
    replace: "'x-amz-copy-source-unless-match'",
    suites: ['s3/buckets/both-worlds'],
  },
  {
    bug: 'tell who asks without HTTP that a page is the last one',
    file: 'local/s3/list-objects.ts',
    search: '{ objects: page.items, next }',
    replace: '{ objects: page.items, next: undefined }',
    suites: ['s3/buckets/both-worlds'],
  },
];
