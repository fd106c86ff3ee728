import { join } from 'node:path';
import { type Server, startServer } from './servers';

/** Starts LocalStack for Step Functions alone. @param lambdaPort  of this machine, where the functions are */
export function startLocalStack(lambdaPort: number): Promise<Server> {
  return startServer({
    name: 'localstack',
    venv: '.venv-localstack',
    command: 'python',
    args: () => [join(__dirname, 'localstack_step_functions.py')],
    env: (port, folder) => ({
      GATEWAY_LISTEN: `127.0.0.1:${port}`,
      LOCALSTACK_HOST: `127.0.0.1:${port}`,
      LAMBDA_ENDPOINT: `http://127.0.0.1:${lambdaPort}`,
      SERVICES: 'stepfunctions,sts,iam,logs',
      EAGER_SERVICE_LOADING: '0',
      // It asks nobody for anything, and leaves nothing behind.
      DISABLE_EVENTS: '1',
      SKIP_SSL_CERT_DOWNLOAD: '1',
      DNS_ADDRESS: '0',
      FILESYSTEM_ROOT: join(folder, 'filesystem'),
      TMPDIR: folder,
      HOME: folder,
    }),
    refusedKeys: undefined,
  });
}
