import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(__dirname, '..');
const DIST = join(ROOT, 'dist');
const DEFINITION = 'statemachine/bucketsync.asl.json';

/** Each of them is a process or a thread of its own; what they find by path is laid out as in the repository. */
const PROGRAMS = ['bin/bucketsync', 'cli/main', 'local/task-worker', 'local/demo/s3-server', 'local/demo/seed'];

/** The command line: few files, because most of its start-up time would go into finding modules. */
async function buildPrograms(): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: PROGRAMS.map((name) => `${name}.ts`),
    outdir: DIST,
    outbase: ROOT,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    supported: { 'dynamic-import': false }, // require() instead, which the compile cache covers
    // The SDK's ES modules, so that what is not used is left out.
    mainFields: ['module', 'main'],
    // The one starts a file of its own in each thread; the other is cached by the launcher that loads it.
    external: ['piscina', '../cli/main'],
    minify: true,
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  });
}

async function main(): Promise<void> {
  rmSync(DIST, { recursive: true, force: true });
  await buildPrograms();
  cpSync(join(ROOT, DEFINITION), join(DIST, DEFINITION));
}

void main();
