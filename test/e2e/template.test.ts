import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../support/temporary-folder';
import { runCommand } from './command-line';
import { TEMPLATES } from './templates';

const folder = temporaryFolder();

it.each(TEMPLATES)(
  'the template of %s is valid CloudFormation to cfn-lint',
  async (_what, createTemplate) => {
    const path = join(folder, 'template.json');
    writeFileSync(path, JSON.stringify(createTemplate()));

    // The CDK writes dependencies that follow from references as well (W3005).
    const finished = await runCommand('.venv/bin/cfn-lint', ['--ignore-checks', 'W3005', '--', path], process.env);

    expect(finished).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  },
  120_000,
);
