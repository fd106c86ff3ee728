import type { Command, Option } from 'commander';
import { CHOICES } from '../../cli/help/choices';
import { nameAsTyped } from '../../cli/help/layout';
import { CHOICES_ELSEWHERE, OPTIONS_ELSEWHERE, VERBS_ELSEWHERE } from '../../cli/help/neighbours';
import { VERBS } from '../../cli/help/verbs';
import { buildProgram } from '../../cli/program';
import { runCliHere } from './in-process';

const program = buildProgram(() => {});
const visible = program.createHelp().visibleCommands(program);
const verbs = visible.map((command) => command.name());
const optionsOf = (command: Command): Option[] => command.createHelp().visibleOptions(command);

/** Words of a line as a shell takes them, without what comes behind a pipe. */
function words(line: string): string[] {
  const [own = ''] = line.split(/ [|>]{1,2} /);
  return [...own.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
}

describe('the help', () => {
  it.each([[['--help']], [['help']]])('shows the commands in groups, common ones first: %j', async (args) => {
    const { exitCode, stdout } = await runCliHere(undefined, args);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Usage: bucketsync <command>/);
    const places = [
      'Mirror:',
      '  plan ',
      '  run ',
      'Look at runs:',
      'In AWS:',
      '  start ',
      'Try it:',
      'Examples:',
      'Documentation: ',
    ];
    expect(places.map((text) => stdout.indexOf(text)).toSorted((a, b) => a - b)).toEqual(
      places.map((text) => stdout.indexOf(text)),
    );
    expect(stdout).not.toContain('Commands:');
  });

  it.each(verbs)('shows the same for `help %s` as for its --help, in lines of 80 columns', async (verb) => {
    const [byVerb, byOption] = [
      await runCliHere(undefined, ['help', verb]),
      await runCliHere(undefined, [verb, '--help']),
    ];

    expect(byVerb).toEqual(byOption);
    expect(byVerb).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`Usage: bucketsync ${verb}`) });
    const long = byVerb.stdout.split('\n').filter((line) => line.length > 80);
    expect(long.filter((line) => !/^(Usage|Documentation): |^ {2}bucketsync |https?:/.test(line))).toEqual([]);
  });

  it.each(verbs)('has a group, two examples or more, and a page for %s', (verb) => {
    const { group, examples = [], page } = VERBS[verb] ?? {};

    expect({ group, page }).toEqual({ group: expect.stringMatching(/:$/), page: expect.stringMatching(/\.md$/) });
    expect(examples.length).toBeGreaterThanOrEqual(2);
  });

  it.each(Object.values(VERBS).flatMap(({ examples }) => examples.map(([line]) => line)))(
    'has examples that the command line can read: %s',
    (line) => {
      const [name = '', ...args] = words(line);
      const command = visible.find((candidate) => candidate.name() === name);
      const { operands, unknown } = command?.parseOptions(args) ?? { operands: [], unknown: ['no such command'] };

      expect(unknown).toEqual([]);
      expect(operands.length).toBeLessThanOrEqual(command?.registeredArguments.length ?? 0);
    },
  );

  it('says a few words on each choice of an option', () => {
    const unexplained = visible.flatMap((command) =>
      optionsOf(command).flatMap(({ argChoices = [], ...option }) =>
        argChoices
          .filter((choice) => !CHOICES[nameAsTyped(option as Option)]?.[choice])
          .map((choice) => `${option.long} ${choice}`),
      ),
    );
    expect(unexplained).toEqual([]);
  });

  it('explains the strategies of --compare in lines of their own', async () => {
    const { stdout } = await runCliHere(undefined, ['help', 'run']);

    expect(stdout).toMatch(
      /--compare <choice>[\s\S]* {2}auto {2,}size and ETag[\s\S]* {2}size-and-time {2}[\s\S]* {2}always {2,}compare nothing/,
    );
    expect(stdout).not.toContain('choices:');
  });
});

describe('what users of other tools type', () => {
  it.each([
    [
      ['sync', 's3://aaa', 's3://bbb', '--delete'],
      '  bucketsync plan s3://aaa s3://bbb\n  bucketsync run s3://aaa s3://bbb\n',
    ],
    [['s3://aaa', 's3://bbb'], '  bucketsync plan s3://aaa s3://bbb\n  bucketsync run s3://aaa s3://bbb\n'],
    [['cp', './dist', 's3://bbb'], '  bucketsync plan s3://source s3://destination\n'],
    [['mirror'], 'To make one bucket equal to another:'],
    [['diff'], '(Did you mean check?)'],
    [['ls', 's3://aaa'], 'use `aws s3 ls`'],
    [['rm', 's3://aaa/x'], 'use `aws s3 rm`'],
    [['deploy'], 'npx cdk deploy'],
    [['rnu'], '(Did you mean run?)'],
    [['histroy'], '(Did you mean history?)'],
    [['help', 'chekc'], '(Did you mean check?)'],
    [['run', 's3://aaa', 's3://bbb', '--dryrun'], '(Did you mean --dry-run, or the command `plan`?)'],
    [['run', 's3://aaa', 's3://bbb', '-n'], '(Did you mean --dry-run, or the command `plan`?)'],
    [['plan', 's3://aaa', 's3://bbb', '--dryrun'], '(It is not needed: this command writes nothing)'],
    [['run', 's3://aaa', 's3://bbb', '--size-only'], '(Did you mean --compare size?)'],
    [['run', 's3://aaa', 's3://bbb', '--dry-run=true'], '(--dry-run takes no value: write it alone, or leave it out)'],
    [['run', 's3://aaa', 's3://bbb', '--compare', 'size-only'], '(Did you mean size?)'],
    [['run', 's3://aaa', 's3://bbb', '--compare', 'metdata'], '(Did you mean metadata?)'],
    [['run', 's3://aaa', 's3://bbb', '--transfers=8'], '(Did you mean --request-concurrency?)'],
  ])('is answered with what it is here: %j', async (args, expected) => {
    const { exitCode, stdout, stderr } = await runCliHere(undefined, args);

    expect(stderr).toContain(expected);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });

  it.each([['frobnicate'], ['stpo-it'], ['stub'], ['cops'], ['x'], ['__proto__'], ['toString']])(
    'is not guessed if nothing is near: %s',
    async (word) => {
      const { exitCode, stderr } = await runCliHere(undefined, [word]);

      expect({ exitCode, stderr }).toEqual({
        exitCode: 2,
        stderr: `error: unknown command '${word}'\nSee all commands: bucketsync help\n`,
      });
    },
  );

  it('leads only to commands, options and choices that there are', () => {
    const options = new Set(visible.flatMap((command) => optionsOf(command).map(({ long }) => long)));
    const named = Object.values(OPTIONS_ELSEWHERE).flatMap((text) => text.match(/--[a-z-]+/g) ?? []);
    const meant = Object.values(VERBS_ELSEWHERE).flatMap((there) => ('verb' in there ? [there.verb] : []));

    expect(named.filter((name) => !options.has(name))).toEqual([]);
    expect(meant.filter((verb) => !verbs.includes(verb))).toEqual([]);
    expect(Object.values(CHOICES_ELSEWHERE).filter((choice) => !CHOICES.compare?.[choice])).toEqual([]);
  });

  it('is no word that this program has itself', () => {
    expect(Object.keys(VERBS_ELSEWHERE).filter((word) => verbs.includes(word))).toEqual([]);
    const options = new Set(
      visible.flatMap((command) => optionsOf(command).flatMap(({ long, short }) => [long, short])),
    );
    expect(Object.keys(OPTIONS_ELSEWHERE).filter((name) => options.has(name))).toEqual([]);
  });
});
