import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../support/temporary-folder';
import { type Finished, runCommand } from './command-line';
import { TEMPLATES } from './templates';

const folder = temporaryFolder();
const pathOf = (what: string) => join(folder, `${what.replaceAll(' ', '-')}.json`);
let linted: Finished;

// All in one process, which takes seconds to start.
beforeAll(async () => {
  for (const [what, createTemplate] of TEMPLATES) writeFileSync(pathOf(what), JSON.stringify(createTemplate()));
  // The CDK writes dependencies that follow from references as well (W3005).
  const options = ['--format', 'parseable', '--ignore-checks', 'W3005', '--'];
  linted = await runCommand(
    '.venv/bin/cfn-lint',
    [...options, ...TEMPLATES.map(([what]) => pathOf(what))],
    process.env,
  );
});

it.each(TEMPLATES.map(([what]) => what))('the template of %s is valid CloudFormation to cfn-lint', (what) => {
  expect(linted.stdout.split('\n').filter((line) => line.startsWith(pathOf(what)))).toEqual([]);
});

it('cfn-lint finds nothing else, and reads all templates to their end', () => {
  expect(linted).toEqual({ exitCode: 0, stdout: '', stderr: '' });
});
