import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installer, installOnce } from './install';
import { CREDENTIALS, type Tool } from './tool';

const CONFIG = `[default]
s3 =
  max_concurrent_requests = 64
  max_queue_size = 10000
  addressing_style = path
`;

export const awsCli: Tool = {
  name: 'aws-cli',
  version: '1.46.3',
  flags:
    'compares by size and time, as it does by default; 64 concurrent requests instead of 10, since more of them are no faster',
  prepare: (log) =>
    installOnce('aws-cli-1.46.3', log, async (folder) => {
      await installer('python3', ['-m', 'venv', folder], folder);
      await installer(join(folder, 'bin/pip'), ['install', '--quiet', 'awscli==1.46.3'], folder);
    }),
  command({ folder, endpoint, scratch }) {
    const config = join(scratch, 'aws-config');
    writeFileSync(config, CONFIG);
    return {
      file: join(folder, 'bin/aws'),
      args: [
        '--endpoint-url',
        endpoint,
        's3',
        'sync',
        '--delete',
        '--only-show-errors',
        's3://source',
        's3://destination',
      ],
      env: { ...CREDENTIALS, AWS_CONFIG_FILE: config },
    };
  },
};
