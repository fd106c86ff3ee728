import { join } from 'node:path';
import { version } from '../../../package.json';
import { installer } from './install';
import { CREDENTIALS, type Tool } from './tool';

const ROOT = join(__dirname, '../../..');

export const bucketsync: Tool = {
  name: 'bucketsync',
  version,
  flags: 'none',
  async prepare() {
    await installer('npm', ['run', 'build'], ROOT);
    return join(ROOT, 'dist');
  },
  command: ({ folder, endpoint, scratch }) => ({
    file: process.execPath,
    args: [
      ...[join(folder, 'bin/bucketsync.js'), 'run', 's3://source', 's3://destination'],
      // The server imitates AWS, where a list page is proof enough; the others send no HEAD before a delete either.
      ...['--proof', 'list'],
      ...['--endpoint-url', endpoint, '--report-location', scratch, '--json'],
    ],
    env: CREDENTIALS,
  }),
};
