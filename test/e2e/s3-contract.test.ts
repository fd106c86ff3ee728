import { runCommand } from './command-line';
import { SERVER_KINDS, startServer } from './servers';

it.each(SERVER_KINDS)('$name keeps the S3 contract, except for known deviations', async (kind) => {
  const server = await startServer(kind);
  try {
    const { exitCode, stderr } = await runCommand(
      'jest',
      ['--selectProjects', 'unit', '--testPathPatterns', 'test/local/s3/'],
      {
        ...server.env,
        S3_CONTRACT_ENDPOINT: server.endpoint,
        S3_CONTRACT_SERVER: kind.name,
      },
    );

    expect(exitCode === 0 ? '' : stderr).toBe('');
  } finally {
    await server.stop();
  }
});
