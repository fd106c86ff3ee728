import { join } from 'node:path';
import type { Command } from '../../frame/run-measured';
import { buildGo, installOnce } from './install';
import { CREDENTIALS, type Tool, type ToolRun } from './tool';

export const rclone: Tool = {
  name: 'rclone',
  version: '1.76.0',
  flags:
    '`--fast-list --checksum` as its S3 page advises, so that it needs no HEAD for each object; 256 checkers and ' +
    'transfers instead of 8 and 4; `--delete-during`, the fastest way to delete that it has; `--s3-no-check-bucket`; nightly `--max-delete 5000`, ' +
    'then `rclone check`',
  prepare: (log) =>
    installOnce('rclone-1.76.0', log, (folder) => buildGo(folder, 'github.com/rclone/rclone', '1.76.0', 'rclone')),
  command: (run) => rcloneWith(run, 'sync', ...SYNC),
  nightly: (run) => [rcloneWith(run, 'sync', ...SYNC, '--max-delete', '5000'), rcloneWith(run, 'check')],
};

const SYNC = ['--checksum', '--delete-during', '--transfers', '256'];

function rcloneWith(
  { folder, endpoint, scratch }: ToolRun,
  command: 'sync' | 'check',
  ...options: readonly string[]
): Command {
  return {
    file: join(folder, 'rclone'),
    args: [
      ...[command, 's3:source', 's3:destination', '--config', join(scratch, 'none')],
      ...['--fast-list', '--s3-no-check-bucket', '--log-level', 'ERROR', '--checkers', '256'],
      ...options,
    ],
    env: {
      ...CREDENTIALS,
      RCLONE_CONFIG_S3_TYPE: 's3',
      RCLONE_CONFIG_S3_PROVIDER: 'AWS',
      RCLONE_CONFIG_S3_ENV_AUTH: 'true',
      RCLONE_CONFIG_S3_ENDPOINT: endpoint,
      RCLONE_CONFIG_S3_FORCE_PATH_STYLE: 'true',
      RCLONE_CONFIG_S3_REGION: 'us-east-1',
    },
  };
}
