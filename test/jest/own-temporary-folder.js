const { mkdtempSync, readdirSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { basename, join } = require('node:path');

/** What `temporaryFolder()` of `test/support` makes, and the CDK for each `App`. */
const MAY_BE_LEFT = /^(bucketsync-test-|cdk\.out)/;
// Of the child processes of suites; npm would keep its own in the temporary folder.
process.env.NODE_COMPILE_CACHE ??= join(__dirname, '../../node_modules/.cache/node');

const NAMES = ['TMPDIR', 'TEMP', 'TMP'];

/**
 * Gives each suite a temporary folder of its own, and its child processes too. The suite fails if it leaves anything there
 * that neither of these makes, unless it starts servers of others (`othersMayLeave`). The folder is removed after the
 * suite's last hook, whatever happened in it.
 *
 * @param Environment  of Jest, the class to extend
 */
module.exports = (Environment) =>
  class OwnTemporaryFolder extends Environment {
    constructor(config, context) {
      const before = NAMES.map((name) => [name, process.env[name]]);
      const folder = mkdtempSync(join(process.env.TEST_TEMPORARY_FOLDER ?? tmpdir(), `${basename(context.testPath)}-`));
      // Before Jest copies the environment for the suite.
      for (const name of NAMES) process.env[name] = folder;
      super(config, context);
      this.temporaryFolder = folder;
      this.othersMayLeave = config.projectConfig?.testEnvironmentOptions.othersMayLeave;
      this.setBackEnvironment = () => {
        for (const [name, value] of before) {
          if (value === undefined) delete process.env[name];
          else process.env[name] = value;
        }
      };
    }

    async handleTestEvent(event, state) {
      await super.handleTestEvent?.(event, state);
      if (event.name === 'test_done' && event.test.errors.length > 0) this.hasFailed = true;
    }

    async teardown() {
      try {
        await super.teardown();
      } finally {
        this.setBackEnvironment();
        const left = readdirSync(this.temporaryFolder).filter((name) => !MAY_BE_LEFT.test(name));
        rmSync(this.temporaryFolder, { recursive: true, force: true, maxRetries: 3 });
        // A failed test may have left its work half done, and is what has to be read.
        if (left.length > 0 && !this.hasFailed && !this.othersMayLeave) refuse(left);
      }
    }
  };

function refuse(left) {
  throw new Error(
    `This suite left ${left.join(', ')} in the temporary folder. ` +
      'Make folders with temporaryFolder() of test/support/temporary-folder.ts, and let programs remove what they make.',
  );
}
