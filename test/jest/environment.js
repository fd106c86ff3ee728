const { TestEnvironment } = require('jest-environment-node');
const ownTemporaryFolder = require('./own-temporary-folder');

module.exports = ownTemporaryFolder(TestEnvironment);
