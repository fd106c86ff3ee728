import { execFileSync } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { HANDLER_BUNDLING, handlerFolder, handlerSource } from '../lib/handler-function';
import { SYNC_TASKS } from '../permissions/sync-tasks';
import { buildLauncher } from './build-launcher';
import { collectLicences } from './licences';

const ROOT = join(__dirname, '..');
const DIST = join(ROOT, 'dist');
const DEFINITION = 'statemachine/bucketsync.asl.json';

/** Each of them is a process or a thread of its own; what they find by path is laid out as in the repository. */
const PROGRAMS = [
  'cli/main',
  'local/task-worker',
  'local/lock-keeper-thread',
  'local/demo/s3-server',
  'local/demo/seed',
];

const common = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  minify: true,
  keepNames: true,
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
  // The SDK's ES modules, so that what is not used is left out.
  mainFields: ['module', 'main'],
} satisfies BuildOptions;

/**
 * What local Step Functions would load and never use here: our handlers are local, and the definition is known to be valid.
 * It is a third of what the main thread of a short run would load.
 */
const withoutUnused: Plugin = {
  name: 'without-unused',
  setup({ onResolve, onLoad }) {
    const filter = /^(@aws-sdk\/client-lambda|@aws-sdk\/credential-providers|asl-validator)$/;
    onResolve({ filter }, ({ path }) => ({ path, namespace: 'unused' }));
    onLoad({ filter, namespace: 'unused' }, () => ({ contents: 'module.exports = {}' }));
  },
};

/** The command line: few files, because most of its start-up time would go into finding modules. */
async function buildPrograms(): Promise<string[]> {
  const { metafile } = await build({
    ...common,
    entryPoints: PROGRAMS.map((name) => `${name}.ts`),
    outdir: DIST,
    outbase: ROOT,
    format: 'cjs',
    target: 'node22',
    plugins: [withoutUnused],
    supported: { 'dynamic-import': false }, // require() instead, which the compile cache covers
    // It starts a file of its own in each thread.
    external: ['piscina'],
  });
  return Object.keys(metafile.inputs);
}

/** The functions as they are deployed, so that a CDK app that uses the package needs no bundler. */
async function buildHandlers(): Promise<string[]> {
  const { format, target, mainFields } = HANDLER_BUNDLING;
  const modules: string[] = [];
  for (const { name } of SYNC_TASKS) {
    const outfile = join(DIST, handlerFolder(name), 'index.js');
    const entryPoints = [handlerSource(name)];
    const { metafile } = await build({ ...common, entryPoints, outfile, format, target, mainFields });
    modules.push(...Object.keys(metafile.inputs));
  }
  return modules;
}

/** The construct: module by module, with declarations. */
function buildConstructs(): void {
  execFileSync('tsc', ['--project', 'tsconfig.build.json'], { cwd: ROOT, stdio: 'inherit' });
}

async function main(): Promise<void> {
  rmSync(DIST, { recursive: true, force: true });
  const modules = [...(await buildLauncher(DIST)), ...(await buildPrograms()), ...(await buildHandlers())];
  writeFileSync(join(DIST, 'third-party-licences.txt'), `${collectLicences(ROOT, modules)}\n`);
  buildConstructs();
  cpSync(join(ROOT, DEFINITION), join(DIST, DEFINITION));
}

void main();
