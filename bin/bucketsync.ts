#!/usr/bin/env node
import * as nodeModule from 'node:module';

// Before the first import of our own: compiling is most of what a short command does. Node.js 20 cannot keep it.
const cache = nodeModule.enableCompileCache?.();
// The threads that run the handlers find the cache by their environment.
if (cache?.directory) process.env.NODE_COMPILE_CACHE ??= cache.directory;

import('../cli/main')
  .then(({ main }) => main(process.argv.slice(2)))
  .then((exitCode) => {
    process.exitCode = exitCode;
  });
