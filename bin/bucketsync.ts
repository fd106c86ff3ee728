#!/usr/bin/env node
// Built for Node.js of any age, so that an old one can say so: nothing may be imported before the check, nor be newer than it.
import { describeOldNode } from './old-node';

const old = describeOldNode(process.versions.node);
if (old === undefined) void start();
else {
  process.stderr.write(`${old}\n`);
  process.exitCode = 1;
}

async function start(): Promise<void> {
  const { enableCompileCache } = await import('node:module');
  const { join } = await import('node:path');
  // Before the first import of our own: compiling is most of what a short command does. Node.js 22.0 cannot keep it.
  // Beside the program, since the temporary folder is the default. Without the right to write there, there is no cache.
  const cache = enableCompileCache?.(join(__dirname, '../node_modules/.cache/node'));
  // The threads that run the handlers find the cache by their environment.
  if (cache?.directory) process.env.NODE_COMPILE_CACHE ??= cache.directory;
  const { main } = await import('../cli/main');
  process.exitCode = await main(process.argv.slice(2));
}
