import { join } from 'node:path';
import { buildGo, installOnce } from './install';
import { CREDENTIALS, type Tool } from './tool';

export const s5cmd: Tool = {
  name: 's5cmd',
  version: '2.3.0',
  flags:
    '`--metadata-directive COPY`, without which `sync` loses content type and metadata; compares by size and time and ' +
    'has 256 workers, as it does by default',
  prepare: (log) =>
    installOnce('s5cmd-2.3.0', log, (folder) => buildGo(folder, 'github.com/peak/s5cmd/v2', '2.3.0', 's5cmd')),
  command: ({ folder, endpoint }) => ({
    file: join(folder, 's5cmd'),
    args: [
      ...['--endpoint-url', endpoint, '--log', 'error', 'sync', '--delete', '--metadata-directive', 'COPY'],
      ...['s3://source/*', 's3://destination/'],
    ],
    env: CREDENTIALS,
  }),
};
