const Environment = require('../jest/environment');

/** Runs no further test of a suite after the first one that fails: that one has noticed the bug. */
module.exports = class FailFast extends Environment {
  async handleTestEvent(event, state) {
    await super.handleTestEvent(event, state);
    if (event.name === 'test_start' && this.hasFailed) event.test.mode = 'skip';
  }
};
