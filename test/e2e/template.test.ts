import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { DemoStack } from '../../lib/demo-stack';
import { createApp, synthesize } from '../lib/synthesize';
import { temporaryFolder } from '../support/temporary-folder';
import { runCommand } from './command-line';

const folder = temporaryFolder();

const everything = {
  source: 'example-staging',
  destination: 'example-production',
  schedule: 'cron(0 2 * * ? *)',
  scheduleTimezone: 'Europe/Berlin',
  email: 'editors@example.com',
};

it.each([
  ['one mirror', () => synthesize()],
  ['one with a schedule and notifications', () => synthesize(everything)],
  ['the demo', () => Template.fromStack(new DemoStack(createApp(), 'BucketSyncDemo'))],
])(
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
