import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerKind } from '../e2e/servers';

/** Where `test/servers/run` puts what it installs. */
const SERVERS = join(__dirname, '../../.servers');

/** A server of others, and whether it is here. */
export interface OtherServer extends ServerKind {
  /** What has to be there to start it: `test/servers/run` puts it there. */
  readonly program: string;
  /** By the end-to-end suite. */
  readonly isHeldToContract?: boolean;
}

const go = (name: string) => join(SERVERS, 'go/bin', name);
const jar = (name: string) => join(SERVERS, 'maven', name);

const S3MOCK = jar('s3mock-5.2.0-exec.jar');
const S3PROXY = jar('s3proxy-4.1.0-jar-with-dependencies.jar');

export const OTHER_SERVERS: readonly OtherServer[] = [
  {
    name: 'moto',
    program: join(__dirname, '../../.venv/bin/moto_server'),
    command: 'moto_server',
    isHeldToContract: true,
    args: (port) => ['-H', '127.0.0.1', '-p', String(port)],
    env: () => ({}),
    refusedKeys: undefined,
  },
  {
    name: 'ministack',
    program: join(__dirname, '../../.venv/bin/ministack'),
    command: 'ministack',
    isHeldToContract: true,
    args: () => [],
    env: (port) => ({ GATEWAY_PORT: String(port), BIND_HOST: '127.0.0.1' }),
    refusedKeys: undefined,
  },
  {
    name: 'versitygw',
    program: go('versitygw'),
    command: go('versitygw'),
    args: (port, folder) => ['--port', `127.0.0.1:${port}`, '--quiet', 'posix', folder],
    env: () => ({ ROOT_ACCESS_KEY: 'test', ROOT_SECRET_KEY: 'test' }),
    refusedKeys: undefined,
  },
  {
    name: 'gofakes3',
    program: go('gofakes3'),
    command: go('gofakes3'),
    args: (port) => ['-backend', 'memory', '-host', `127.0.0.1:${port}`],
    env: () => ({}),
    refusedKeys: undefined,
  },
  {
    name: 'minio',
    program: go('minio'),
    command: go('minio'),
    args: (port, folder) => ['server', '--address', `127.0.0.1:${port}`, folder],
    // It takes no secret of less than eight characters.
    env: () => ({ MINIO_ROOT_USER: 'test', MINIO_ROOT_PASSWORD: 'testtest' }),
    secret: 'testtest',
    refusedKeys: undefined,
  },
  {
    name: 'seaweedfs',
    program: go('weed'),
    command: go('weed'),
    args: (port, folder) => [
      'server',
      `-dir=${folder}`,
      '-s3',
      `-s3.port=${port}`,
      '-ip=127.0.0.1',
      ...OTHER_PORTS(port),
    ],
    env: () => ({}),
    refusedKeys: undefined,
  },
  {
    name: 's3mock',
    program: S3MOCK,
    command: 'java',
    isOnPath: true,
    args: (port) => ['-jar', S3MOCK, `--http.port=${port}`, '--server.port=0'],
    env: () => ({}),
    refusedKeys: undefined,
  },
  ...(['s3proxy', 's3proxy-lenient'] as const).map((name) => ({
    name,
    program: S3PROXY,
    command: 'java',
    isOnPath: true,
    args: (port: number, folder: string) => ['-jar', S3PROXY, '--properties', writeProperties(name, port, folder)],
    env: () => ({}),
    refusedKeys: undefined,
  })),
];

/** What `weed server` starts besides. */
const OTHER_PORTS = (port: number): string[] =>
  ['master', 'volume', 'filer'].flatMap((name, index) => [
    `-${name}.port=${port + 1 + index}`,
    `-${name}.port.grpc=${port + 11 + index}`,
  ]);

function writeProperties(name: string, port: number, folder: string): string {
  const file = join(folder, 's3proxy.properties');
  const properties = [
    `s3proxy.endpoint=http://127.0.0.1:${port}`,
    's3proxy.authorization=none',
    `s3proxy.ignore-unknown-headers=${name === 's3proxy-lenient'}`,
    'jclouds.provider=filesystem-nio2',
    `jclouds.filesystem.basedir=${folder}`,
  ];
  writeFileSync(file, properties.join('\n'));
  return file;
}

export function isInstalled({ program }: OtherServer): boolean {
  return existsSync(program);
}
