const { globSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

/**
 * `unit` is what `npm test` runs; `full` runs at full length the suites of which `unit` runs a part of the cases; `check` holds the fast rules that `npm run check` repeats; `e2e` needs other servers.
 */
const common = {
  testEnvironment: '<rootDir>/test/jest/environment.js',
  runtime: '<rootDir>/test/jest/runtime.js',
  globalSetup: '<rootDir>/test/jest/global-setup.js',
  globalTeardown: '<rootDir>/test/jest/global-teardown.js',
  // Jest would keep it in the temporary folder.
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  transform: { '^.+\\.[mc]?[jt]s$': ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } } }] },
};

/** Suites that need nothing but this machine. */
const alone = {
  ...common,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/test/e2e/', '/test/servers/'],
};

/** Suites that have two lengths take theirs from `test/support/length.ts`, or from the command line in `test/cli/cli-at-length.ts`. */
const ofTwoLengths = globSync('test/**/*.test.ts', { cwd: __dirname })
  .filter((suite) => /'.*\/(support\/length|cli-at-length)'/.test(readFileSync(join(__dirname, suite), 'utf8')))
  .map((suite) => `<rootDir>/${suite}`);

/** Servers and tools of others may leave files behind, which are removed. */
const withServers = { ...common, testEnvironmentOptions: { othersMayLeave: true } };

module.exports = {
  // Far beyond what any test takes: a busy machine is no failure. No test has a limit of its own.
  testTimeout: 900_000,
  // So that Jest takes no worker for one that leaks only because a busy machine is slow to end it.
  workerGracefulExitTimeout: 30_000,
  reporters: ['default', '<rootDir>/test/count-reporter.js'],
  projects: [
    { ...alone, displayName: 'unit', setupFiles: ['<rootDir>/test/without-proxy.js'] },
    {
      ...alone,
      displayName: 'full',
      testMatch: ofTwoLengths,
      setupFiles: ['<rootDir>/test/without-proxy.js', '<rootDir>/test/jest/full-length.js'],
    },
    {
      ...common,
      displayName: 'check',
      testMatch: ['<rootDir>/test/{architecture,statemachine/definition,lib/nag}.test.ts'],
    },
    { ...withServers, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.test.ts'] },
    { ...withServers, displayName: 'servers', testMatch: ['<rootDir>/test/servers/**/*.test.ts'] },
  ],
};
