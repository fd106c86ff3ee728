import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHOICES } from '../../cli/help/choices';
import { manPage } from '../../cli/help/man-page';
import { buildProgram } from '../../cli/program';
import { man, version } from '../../package.json';
import { temporaryFolder } from '../support/temporary-folder';

const program = buildProgram(() => {});
const page = manPage(program, version);
const verbs = program.createHelp().visibleCommands(program);
const plain = page.replaceAll('\\-', '-');

describe('the man page', () => {
  it.each(verbs.map((verb) => [verb.name(), verb] as const))('has every option and choice of %s', (name, verb) => {
    const [, section = ''] = plain.split(`.SH BUCKETSYNC ${name.toUpperCase()}\n`);
    const own = section.split('\n.SH ')[0] ?? '';
    const wanted = verb
      .createHelp()
      .visibleOptions(verb)
      .flatMap(({ flags, argChoices = [] }) => [`.B ${flags}\n`, ...argChoices.map((choice) => `\n${choice}: `)]);

    expect(wanted.filter((line) => !own.includes(line))).toEqual([]);
    expect(plain).toContain(`.TP\n.B ${name}\n${verb.summary()}\n`);
  });

  it('says what each strategy does', () => {
    expect(plain).toContain(`\nsize: ${CHOICES.compare?.size}`);
  });

  it('is in the package', () => {
    expect(man).toEqual(['dist/man/bucketsync.1']);
  });

  const within = spawnSync('groff', ['--version']).error ? it.skip : it;
  within('is formatted without a warning', () => {
    const file = join(temporaryFolder(), 'bucketsync.1');
    writeFileSync(file, page);
    const { status, stdout, stderr } = spawnSync('groff', ['-man', '-Tutf8', '-ww', file], { encoding: 'utf8' });

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('bucketsync - make one S3 bucket equal to another');
  });
});
