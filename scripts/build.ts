import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { manPage } from '../cli/help/man-page';
import { buildProgram } from '../cli/program';
import { HANDLER_BUNDLING, handlerFolder, handlerSource } from '../lib/handler-function';
import { version } from '../package.json';
import { SYNC_TASKS } from '../permissions/sync-tasks';
import { buildLauncher } from './build-launcher';
import { buildPrograms, COMMON } from './build-programs';
import { collectLicences } from './licences';

const ROOT = join(__dirname, '..');
const DIST = join(ROOT, 'dist');
const DEFINITION = 'statemachine/bucketsync.asl.json';

/** The functions as they are deployed, so that a CDK app that uses the package needs no bundler. */
async function buildHandlers(): Promise<string[]> {
  const { format, target, mainFields, externalModules: external } = HANDLER_BUNDLING;
  const modules: string[] = [];
  for (const { name } of SYNC_TASKS) {
    const outfile = join(DIST, handlerFolder(name), 'index.js');
    const entryPoints = [handlerSource(name)];
    const { metafile } = await build({ ...COMMON, entryPoints, outfile, format, target, mainFields, external });
    modules.push(...Object.keys(metafile.inputs));
  }
  return modules;
}

/** The construct: module by module, with declarations. */
function buildConstructs(): void {
  execFileSync('tsc', ['--project', 'tsconfig.build.json'], { cwd: ROOT, stdio: 'inherit' });
}

function writeManPage(): void {
  mkdirSync(join(DIST, 'man'));
  const page = manPage(
    buildProgram(() => {}),
    version,
  );
  writeFileSync(join(DIST, 'man/bucketsync.1'), page);
}

async function main(): Promise<void> {
  rmSync(DIST, { recursive: true, force: true });
  const modules = [...(await buildLauncher(DIST)), ...(await buildPrograms(DIST)), ...(await buildHandlers())];
  writeFileSync(join(DIST, 'third-party-licences.txt'), `${collectLicences(ROOT, modules)}\n`);
  buildConstructs();
  writeManPage();
  cpSync(join(ROOT, DEFINITION), join(DIST, DEFINITION));
}

void main();
