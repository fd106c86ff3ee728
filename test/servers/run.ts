import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { OTHER_SERVERS, type OtherServer } from './catalogue';
import type { Chosen } from './chosen';
import { CannotBeHad, install } from './install';

const USAGE = `npm run test:servers [-- [--no-contract] [--record] [server …]]
Servers: ${OTHER_SERVERS.map(({ name }) => name).join(' ')}`;

/**
 * Other people's S3 servers: installs those that are wanted from the public registries, then holds each against the S3
 * contract and mirrors every kind of key and object on it. What cannot be had is named at the end.
 */
async function main(): Promise<number> {
  const names = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
  const options = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
  const unknown = [
    ...names.filter((name) => !OTHER_SERVERS.some((server) => server.name === name)),
    ...options.filter((option) => option !== '--no-contract' && option !== '--record'),
  ];
  if (unknown.length > 0) {
    console.error(`Unknown: ${unknown.join(' ')}\n${USAGE}`);
    return 2;
  }
  const wanted = OTHER_SERVERS.filter(({ name }) => names.length === 0 || names.includes(name));
  const chosen: Chosen[] = [];
  for (const server of wanted) chosen.push(await choose(server, names));
  const exitCode = await runJest(chosen, options);
  for (const { name, why } of chosen.filter(({ why }) => why)) console.log(`Not tried: ${name}, because ${why}`);
  return exitCode;
}

async function choose(server: OtherServer, names: readonly string[]): Promise<Chosen> {
  const { name, version, onlyByName } = server;
  if (onlyByName && !names.includes(name)) {
    return { name, state: 'skipped', why: `${onlyByName}; name it: npm run test:servers -- ${name}` };
  }
  try {
    console.log(`${name} ${version}: installed unless it is there`);
    await install(server);
    return { name, state: 'installed' };
  } catch (error) {
    const why = (error as Error).message;
    return { name, state: error instanceof CannotBeHad ? 'skipped' : 'failed', why };
  }
}

async function runJest(chosen: readonly Chosen[], options: readonly string[]): Promise<number> {
  const jest = join(__dirname, '../../node_modules/.bin/jest');
  const env = { ...process.env, CHOSEN_SERVERS: JSON.stringify(chosen), SERVERS_OPTIONS: options.join(' ') };
  const child = spawn(jest, ['--selectProjects', 'servers', '--runInBand'], { env, stdio: 'inherit' });
  const [exitCode] = await once(child, 'exit');
  return exitCode ?? 1;
}

main().then((exitCode) => {
  process.exitCode = exitCode;
});
