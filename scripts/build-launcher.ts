import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(__dirname, '..');

/** The file that `bucketsync` starts. Any Node.js can read it, so that one that is too old says so, and no syntax error does. */
export async function buildLauncher(dist: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['bin/bucketsync.ts'],
    outdir: join(dist, 'bin'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node8',
    supported: { 'dynamic-import': false }, // require() instead, which the compile cache covers
    external: ['../cli/main'], // a program of its own, which the launcher lets Node.js cache
    metafile: true,
    logLevel: 'warning',
  });
  return Object.keys(metafile.inputs);
}
