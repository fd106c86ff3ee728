const { rmSync } = require('node:fs');

module.exports = () => rmSync(process.env.TEST_BUILD_FOLDER, { recursive: true, force: true, maxRetries: 3 });
