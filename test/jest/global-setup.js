const { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const CACHE = join(__dirname, '../../node_modules/.cache');
const PREFIX = 'bucketsync-test-';
const DAY_MS = 24 * 60 * 60 * 1000;

/** Where the suites of one run find the command line once it is built. Below node_modules, because it loads packages. */
module.exports = () => {
  // It takes nine tenths of a synthesis, and only warns. `npm run synth` does it.
  process.env.CDK_VALIDATION ??= 'false';
  mkdirSync(CACHE, { recursive: true });
  removeOld();
  process.env.TEST_BUILD_FOLDER = mkdtempSync(join(CACHE, PREFIX));
  process.env.TEST_TEMPORARY_FOLDER = mkdtempSync(join(tmpdir(), PREFIX));
};

/** A run that was killed could not remove its folder. */
function removeOld() {
  for (const name of readdirSync(CACHE).filter((entry) => entry.startsWith(PREFIX))) {
    const path = join(CACHE, name);
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
    if (Date.now() - mtimeMs > DAY_MS) rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  }
}
