import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { styleText } from 'node:util';
import { findOwnName, withOwnName } from '../../cli/output/own-name';
import { buildProgram } from '../../cli/program';
import { temporaryFolder } from '../support/temporary-folder';

/** A package installed in a folder, as npm does it. @returns the program and npm's link to it */
function install(folder: string, bin: string): { readonly program: string; readonly link: string } {
  const program = join(folder, 'node_modules/bucketsync/dist/bin/bucketsync.js');
  const link = join(folder, bin, 'bucketsync');
  for (const file of [program, link]) mkdirSync(dirname(file), { recursive: true });
  writeFileSync(program, '');
  symlinkSync(program, link);
  return { program, link };
}

/** The name is found once in a process. */
function shownAfresh(...args: Parameters<typeof import('../../cli/output/output').shown>): string {
  jest.resetModules();
  return (require('../../cli/output/output') as typeof import('../../cli/output/output')).shown(...args);
}

const npm = { npm_config_user_agent: 'npm/11.19.1 node/v24.0.0 linux x64', npm_lifecycle_event: 'npx' };

describe('a command to type', () => {
  it('is an npm script in a clone, whoever has started it', () => {
    expect(findOwnName({ script: '/clone/bin/bucketsync.ts', env: npm })).toBe('npm run -s bucketsync --');
    expect(findOwnName({ script: '/clone/bin/bucketsync.ts', env: {} })).toBe('npm run -s bucketsync --');
  });

  it('is the name alone if that is on the PATH, by a link or as the program that it leads to', () => {
    const { program, link } = install(join(temporaryFolder(), 'lib'), '../bin');
    const env = { PATH: ['/usr/bin', dirname(link)].join(delimiter) };

    expect(findOwnName({ script: link, env })).toBe('bucketsync');
    expect(findOwnName({ script: program, env })).toBe('bucketsync');
  });

  it("is the name alone on Windows, where npm's script on the PATH starts the program", () => {
    const folder = temporaryFolder();
    const { program } = install(folder, 'elsewhere');
    writeFileSync(join(folder, 'bucketsync.cmd'), '');

    expect(findOwnName({ script: program, env: { Path: folder } })).toBe('bucketsync');
  });

  it('goes through npx if the package belongs to a project, also if the file itself was started', () => {
    const { program, link } = install(temporaryFolder(), 'node_modules/.bin');
    const env = { ...npm, PATH: dirname(link) }; // npm adds its folder to the PATH of what it starts

    expect(findOwnName({ script: link, env })).toBe('npx bucketsync');
    expect(findOwnName({ script: link, env: { ...env, npm_lifecycle_event: 'mirror' } })).toBe('npx bucketsync');
    expect(findOwnName({ script: program, env: { PATH: '/usr/bin' } })).toBe('npx bucketsync');
  });

  it.each([
    ['./bucketsync-0.1.0.tgz', 'npx ./bucketsync-0.1.0.tgz'],
    ['bucketsync@0.1', 'npx bucketsync@0.1'],
    ["it's.tgz", "npx 'it'\\''s.tgz'"],
  ])('names what npx was asked for: %s', (asked, expected) => {
    const folder = temporaryFolder();
    const { link } = install(folder, 'node_modules/.bin');
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ _npx: { packages: [asked] } }));

    expect(findOwnName({ script: link, env: npm })).toBe(expected);
  });

  it.each([
    ['pnpm/10.0.0 npm/? node/v24.0.0', 'pnpm exec bucketsync'],
    ['yarn/4.0.0 npm/? node/v24.0.0', 'yarn bucketsync'],
    ['bun/1.3.0 npm/? node/v24.0.0', 'bunx bucketsync'],
  ])('goes through the package manager that started it: %s', (agent, expected) => {
    const { link } = install(temporaryFolder(), 'node_modules/.bin');

    expect(findOwnName({ script: link, env: { ...npm, npm_config_user_agent: agent } })).toBe(expected);
  });

  it('starts a file that is in no node_modules by its path', () => {
    const script = join(process.cwd(), 'a build/bin/bucketsync.js');

    expect(findOwnName({ script, env: { PATH: '/usr/bin' } })).toBe("node 'a build/bin/bucketsync.js'");
  });

  it('is the name alone if another program has loaded this one', () => {
    expect(findOwnName({ script: undefined, env: npm })).toBe('bucketsync');
    expect(findOwnName({ script: '/app/server.js', env: npm })).toBe('bucketsync');
  });
});

describe('a text with commands', () => {
  const verbs = buildProgram(() => {}).commands.map((command) => command.name());

  it.each(verbs)('shows each one as this user types it: %s', (verb) => {
    const text = `Use \`bucketsync ${verb} x\`, or: bucketsync ${verb} y\n  bucketsync ${verb} z`;

    expect(withOwnName(text, 'npx $1')).toBe(`Use \`npx $1 ${verb} x\`, or: npx $1 ${verb} y\n  npx $1 ${verb} z`);
  });

  it('is printed so, also in colour and in a line that is broken', () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true, hasColors: () => true, getColorDepth: () => 8 });
    const stream = terminal as unknown as NodeJS.WriteStream;
    const argv = jest.replaceProperty(process, 'argv', ['node', '/clone/bin/bucketsync.ts']);

    expect(shownAfresh(styleText('cyan', 'bucketsync plan s3://a s3://b', { stream }), stream)).toContain(
      'npm run -s bucketsync -- plan s3://a s3://b',
    );
    argv.restore();
  });

  it('keeps its other words', () => {
    const text =
      'It has ended: bucketsync copies nothing. The key "bucketsync run" is left, and so is bucketsync plan.';

    expect(withOwnName(text, 'npx bucketsync')).toBe(text);
  });
});
