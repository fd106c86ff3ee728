const { rmSync } = require('node:fs');

/** Also what a suite wrote after its end, when its own folder was gone. */
module.exports = () => {
  for (const folder of [process.env.TEST_BUILD_FOLDER, process.env.TEST_TEMPORARY_FOLDER]) {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
};
