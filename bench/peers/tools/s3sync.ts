import { join } from 'node:path';
import { installer, installOnce } from './install';
import { CREDENTIALS, type Tool } from './tool';

export const s3sync: Tool = {
  name: 's3sync',
  version: '1.62.4',
  flags:
    '`--server-side-copy`, without which it downloads and uploads; 256 workers instead of 16; compares by size and ' +
    'time, as it does by default',
  prepare: (log) =>
    installOnce('s3sync-1.62.4', log, (folder) => {
      const crate = ['s3sync', '--version', '1.62.4', '--locked', '--no-default-features', '--features', 'version'];
      return installer('cargo', ['install', ...crate, '--root', folder], folder);
    }),
  command: ({ folder, endpoint }) => ({
    file: join(folder, 'bin/s3sync'),
    args: [
      ...['--source-endpoint-url', endpoint, '--target-endpoint-url', endpoint],
      ...['--source-force-path-style', '--target-force-path-style'],
      ...['--server-side-copy', '--delete', '--worker-size', '256', '--max-parallel-listings', '16'],
      ...['s3://source', 's3://destination'],
    ],
    env: CREDENTIALS,
  }),
};
