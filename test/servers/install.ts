import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CACHE, type Installation, type OtherServer, placeOf } from './catalogue';

const ROOT = join(__dirname, '../..');

/** This machine lacks what the server is made with. */
export class CannotBeHad extends Error {}

type Installable = Pick<OtherServer, 'name' | 'version' | 'installation'>;

/** Puts a server, or another program, into the cache unless it is there. */
export async function install(server: Installable): Promise<void> {
  const { name, installation } = server;
  const place = placeOf(server);
  if (installation.by !== 'end-to-end' && existsSync(place)) return;
  mkdirSync(CACHE, { recursive: true });
  const log = join(CACHE, `${name}.log`);
  writeFileSync(log, '');
  // Its own until it is finished, since two checkouts may install at the same time.
  const folder = `${place}.${process.pid}`;
  mkdirSync(folder, { recursive: true });
  try {
    await installInto(folder, server, log);
    if (!existsSync(place)) renameSync(folder, place);
  } catch (error) {
    if (error instanceof CannotBeHad) throw error;
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    throw new Error(`${(error as Error).message}: ${lines.slice(-3).join(' / ')} (all of it: ${log})`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function installInto(folder: string, server: Installable, log: string): Promise<void> {
  const { installation, version } = server;
  const run = (command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    runLogged(command, args, folder, env, log);
  switch (installation.by) {
    case 'end-to-end':
      return run(join(ROOT, 'test/e2e/run'), ['python']);
    case 'go':
      return run(need('go'), ['install', `${installation.package}@v${version}`], { GOBIN: folder });
    case 'go-module':
      await run(need('go'), ['mod', 'init', 'example.com/built']);
      await run('go', ['get', `${installation.package}@v${version}`]);
      return run('go', ['build', '-o', join(folder, installation.program), installation.package]);
    case 'npm': {
      const options = ['--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--no-save'];
      return run(need('npm'), ['install', ...options, `${installation.package}@${version}`]);
    }
    case 'maven': {
      need('java');
      const artifact = `${installation.artifact}:${version}:jar:${installation.classifier}`;
      return run(need('mvn'), ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`]);
    }
    case 'cargo': {
      const options = ['--root', folder, '--version', version, '--locked', ...installation.options];
      return run(need('cargo'), ['install', ...options, installation.crate], {
        CARGO_TARGET_DIR: join(folder, 'target'),
      });
    }
    case 'debian':
      return unpackDebian(folder, installation, run);
  }
}

/** Takes packages apart instead of installing them, since that needs no root. */
async function unpackDebian(
  folder: string,
  { packages }: Installation & { by: 'debian' },
  run: (command: string, args: readonly string[]) => Promise<void>,
): Promise<void> {
  need('dpkg');
  for (const part of ['state/lists/partial', 'cache/archives/partial'])
    mkdirSync(join(folder, part), { recursive: true });
  const options = [
    `Dir::State=${join(folder, 'state')}`,
    'Dir::State::status=/var/lib/dpkg/status',
    `Dir::Cache=${join(folder, 'cache')}`,
    'Debug::NoLocking=1',
    'APT::Sandbox::User=',
  ].flatMap((option) => ['-o', option]);
  await run(need('apt-get'), [...options, '-q', 'update']);
  await run('apt-get', [...options, '-q', '-y', '--no-install-recommends', '--download-only', 'install', ...packages]);
  for (const archive of globSync(join(folder, 'cache/archives/*.deb'))) await run('dpkg', ['-x', archive, folder]);
  for (const part of ['state', 'cache']) rmSync(join(folder, part), { recursive: true });
}

/** A program on the PATH. */
function need(program: string): string {
  const found = (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
  if (!found) throw new CannotBeHad(`it needs ${program}, which is not on this machine`);
  return program;
}

async function runLogged(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  log: string,
): Promise<void> {
  const output = openSync(log, 'a');
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', output, output] });
  const [exitCode] = await once(child, 'exit');
  if (exitCode !== 0) throw new Error(`${command} ${args[0]} ended with exit code ${exitCode}`);
}
