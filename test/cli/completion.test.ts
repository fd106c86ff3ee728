import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { CHOICES } from '../../cli/help/choices';
import { completionScript } from '../../cli/help/completion/complete';
import { buildProgram } from '../../cli/program';
import { temporaryFolder } from '../support/temporary-folder';
import { runCliHere } from './in-process';

const folder = temporaryFolder();
const program = buildProgram(() => {});
const verbs = program.createHelp().visibleCommands(program);
const optionsOf = (verb: Command) => verb.createHelp().visibleOptions(verb);

function script(shell: string): string {
  const file = join(folder, `bucketsync.${shell}`);
  writeFileSync(file, completionScript(program, shell));
  return file;
}

/** The answers of a shell to a line that ends where Tab is pressed. */
type Completer = (line: string) => string[];

const completeInBash: Completer = (line) => {
  // bash takes `=` for a word of its own
  const words = line.split(/ |(?=[=])|(?<=[=])/);
  const code = `source "$1"; shift; complete -p bucketsync >/dev/null || exit 1
    COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); _bucketsync; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return lines(execFileSync('bash', ['--norc', '-c', code, 'bash', script('bash'), ...words], { encoding: 'utf8' }));
};

const completeInFish: Completer = (line) => {
  const code = 'source $argv[1]; complete -C $argv[2]';
  const env = { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder, XDG_CACHE_HOME: folder };
  const printed = execFileSync('fish', ['--no-config', '-c', code, script('fish'), line], { encoding: 'utf8', env });
  return lines(printed).map((found) => found.split('\t')[0] ?? '');
};

function lines(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.trimEnd());
}

const installed = (shell: string) => spawnSync(shell, ['--version']).error === undefined;

describe.each([
  ['bash', completeInBash],
  ['fish', completeInFish],
])('%s', (shell, complete) => {
  const within = installed(shell) ? it : it.skip;

  within('completes every command', () => {
    expect(complete('bucketsync ').toSorted()).toEqual(verbs.map((verb) => verb.name()).toSorted());
    expect(complete('bucketsync pl')).toEqual(['plan']);
  });

  within('completes every long option of each command', () => {
    const missing = verbs.flatMap((verb) => {
      const offered = complete(`bucketsync ${verb.name()} --`);
      const options = verb.createHelp().visibleOptions(verb);
      return options.filter(({ long }) => !offered.includes(long ?? '')).map(({ long }) => `${verb.name()} ${long}`);
    });
    expect(missing).toEqual([]);
  });

  within('completes the choices of an option, also after =', () => {
    expect(complete('bucketsync run s3://a s3://b --compare ').toSorted()).toEqual(
      Object.keys(CHOICES.compare ?? {}).toSorted(),
    );
    expect(complete('bucketsync run --mode pu')).toEqual(['publish']);
    expect(complete('bucketsync run --mode=pu').map((word) => word.replace('--mode=', ''))).toEqual(['publish']);
    expect(complete('bucketsync completion po')).toEqual(['powershell']);
    expect(complete('bucketsync help pru')).toEqual(['prune']);
  });

  within('offers no file in the place of a bucket, and files where a file is wanted', () => {
    writeFileSync(join(folder, 'input.json'), '{}');

    expect(complete(`bucketsync run ${folder}/`)).toEqual([]);
    expect(complete(`bucketsync run --input ${folder}/inp`)).toEqual([`${folder}/input.json`]);
  });
});

describe('bash', () => {
  it('runs nothing that was typed', () => {
    const file = join(folder, 'was-run');

    expect(completeInBash(`bucketsync run $(touch\u00a0${file}) --mode pu`)).toEqual(['publish']);
    expect(spawnSync('test', ['-e', file]).status).toBe(1);
  });
});

describe('zsh', () => {
  const within = installed('zsh') ? it : it.skip;

  within('can read the script', () => {
    expect(spawnSync('zsh', ['-n', script('zsh')], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  it('has every command, option and choice, and no file in the place of a bucket', () => {
    const text = completionScript(program, 'zsh');
    const wanted = verbs.flatMap((verb) => [
      `'${verb.name()}:`,
      ...optionsOf(verb).flatMap(({ long, argChoices = [] }) => [
        `'*${long}`,
        ...argChoices.map((choice) => choice.replaceAll(':', '\\:')),
      ]),
    ]);
    expect(wanted.filter((word) => !text.includes(word))).toEqual([]);
    expect(text).toMatch(/ run\) _arguments .*'\*:argument:\(\)' ;;/);
  });
});

describe('the script for PowerShell', () => {
  it('names every command, option and choice', () => {
    const text = completionScript(program, 'powershell');
    const wanted = verbs.flatMap((verb) => [
      `'${verb.name()}' = @{`,
      ...verb
        .createHelp()
        .visibleOptions(verb)
        .flatMap(({ long, argChoices = [] }) => [`'${long}' = @{`, ...argChoices.map((choice) => `'${choice}'`)]),
    ]);
    expect(wanted.filter((word) => !text.includes(word))).toEqual([]);
  });

  it.each([...'(){}'])('closes each %s outside of a text', (bracket) => {
    const outside = completionScript(program, 'powershell').replace(/'(?:[^']|'')*'|"[^"]*"|^#.*$/gm, '');
    const other = { '(': ')', ')': '(', '{': '}', '}': '{' }[bracket] ?? '';
    expect(outside.split(bracket).length).toBe(outside.split(other).length);
  });
});

it('the command line prints the script for a shell, and names the shells that it knows', async () => {
  expect(await runCliHere(undefined, ['completion', 'fish'])).toEqual({
    exitCode: 0,
    stdout: completionScript(program, 'fish'),
    stderr: '',
  });
  expect(await runCliHere(undefined, ['completion', 'tcsh'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('Allowed choices are bash, zsh, fish, powershell'),
  });
});
