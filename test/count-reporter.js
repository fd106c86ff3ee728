const { appendFileSync } = require('node:fs');

/** Appends `passed failed` of a Jest run to the file that JEST_COUNTS_FILE names, for .ci/run to add up. */
module.exports = class CountReporter {
  onRunComplete(_contexts, results) {
    const file = process.env.JEST_COUNTS_FILE;
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    if (file) appendFileSync(file, `${results.numPassedTests} ${failed}\n`);
  }
};
