import { join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

const ROOT = join(__dirname, '..');

/** Each of them is a process or a thread of its own; what they find by path is laid out as in the repository. */
const PROGRAMS = ['cli/main', 'local/lock-keeper-thread', 'local/demo/s3-server', 'local/demo/seed'];
/** The threads that copy, where each microsecond counts. */
const TASK_WORKER = 'local/task-worker';

/** What the build of each program and function has in common. */
export const COMMON = {
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

const IN_STEP_FUNCTIONS = /[\\/]node_modules[\\/]aws-local-stepfunctions[\\/]/;

/**
 * What local Step Functions would load and never use here: our handlers are local, and the definition is known to be valid.
 * It is a third of what the main thread of a short run would load.
 */
const withoutUnused: Plugin = {
  name: 'without-unused',
  setup({ onResolve, onLoad }) {
    const filter = /^(@aws-sdk\/client-lambda|@aws-sdk\/credential-providers|asl-validator)$/;
    // the doctor asks Lambda
    onResolve({ filter }, ({ path, importer }) =>
      IN_STEP_FUNCTIONS.test(importer) ? { path, namespace: 'unused' } : null,
    );
    onLoad({ filter, namespace: 'unused' }, () => ({ contents: 'module.exports = {}' }));
  },
};

/** The command line: few files, because most of its start-up time would go into finding modules. */
export async function buildPrograms(dist: string): Promise<string[]> {
  // A kept name is set anew on each closure, and each copy makes many of them. No stack trace leaves these threads.
  const modules = [await bundle([TASK_WORKER], dist, { keepNames: false }), await bundle(PROGRAMS, dist)];
  return modules.flat();
}

async function bundle(programs: readonly string[], dist: string, options: BuildOptions = {}): Promise<string[]> {
  const { metafile } = await build({
    ...COMMON,
    ...options,
    metafile: true,
    entryPoints: programs.map((name) => `${name}.ts`),
    outdir: dist,
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
