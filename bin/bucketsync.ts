#!/usr/bin/env node
// This file must run on any Node.js, so that an old one can say so. Import nothing before the check, and use no newer syntax.
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
  // Before our first import, because a short command spends most of its time compiling. Node.js 22.0 cannot keep the cache.
  // The cache is beside the program, because the default is the temporary folder. If that folder is read-only, there is no cache.
  const cache = enableCompileCache?.(join(__dirname, '../node_modules/.cache/node'));
  // the threads that run the handlers find the cache by their environment
  if (cache?.directory) process.env.NODE_COMPILE_CACHE ??= cache.directory;
  const { main } = await import('../cli/main');
  process.exitCode = await main(process.argv.slice(2));
}
