const ownTemporaryFolder = require('./own-temporary-folder');
const SharedGlobalsEnvironment = require('./shared-globals');

module.exports = ownTemporaryFolder(SharedGlobalsEnvironment);
