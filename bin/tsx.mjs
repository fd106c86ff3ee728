// Runs TypeScript by tsx: `node --import ./bin/tsx.mjs file.ts`. tsx asks for the temporary folder once, when it is
// loaded, and keeps its cache there. Here the cache goes to node_modules/.cache, as those of other tools.
import { fileURLToPath } from 'node:url';

const CACHE = fileURLToPath(new URL('../node_modules/.cache', import.meta.url));
const NAMES = ['TMPDIR', 'TEMP', 'TMP'];

// For programs that this one starts: npm, which bundles the functions for the CDK, would keep its own there too.
process.env.NODE_COMPILE_CACHE ??= `${CACHE}/node`;

const own = NAMES.map((name) => [name, process.env[name]]);
for (const name of NAMES) process.env[name] = CACHE;
await import('tsx');
for (const [name, value] of own) {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
