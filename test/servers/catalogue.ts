import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ServerKind } from '../e2e/servers';

/** Where a server comes from. */
export type Installation =
  | { readonly by: 'go'; readonly package: string }
  /** Built from a module of our own, since its go.mod replaces modules. */
  | { readonly by: 'go-module'; readonly package: string; readonly program: string }
  | { readonly by: 'npm'; readonly package: string }
  | { readonly by: 'maven'; readonly artifact: string; readonly classifier: string }
  | { readonly by: 'cargo'; readonly crate: string; readonly options: readonly string[] }
  | { readonly by: 'debian'; readonly packages: readonly string[] }
  /** Together with the end-to-end suite, which also holds it against the S3 contract. */
  | { readonly by: 'end-to-end' };

/** A server of others. */
export interface OtherServer extends ServerKind {
  readonly version: string;
  readonly installation: Installation;
  /** Why it is tried only if it is named. */
  readonly onlyByName?: string;
  /** Why it is not held against the contract. */
  readonly withoutContract?: string;
}

/** Outside the tree, so that it outlives a checkout. */
export const CACHE = join(
  process.env.BUCKETSYNC_SERVERS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'bucketsync/servers'),
);

const place = (nameAndVersion: string, ...path: string[]) => join(CACHE, nameAndVersion, ...path);

export const placeOf = ({ name, version }: Pick<OtherServer, 'name' | 'version'>) =>
  place(`${name.replace('-lenient', '')}-${version}`);

const S3PROXY = place('s3proxy-4.1.0', 's3proxy-4.1.0-jar-with-dependencies.jar');
const S3RVER = place('s3rver-3.7.1', 'node_modules/s3rver');
const HALF_AN_HOUR = 'it takes up to half an hour to build';
const NEEDS_A_WHILE = 'it takes minutes';
const END_TO_END = { installation: { by: 'end-to-end' }, refusedKeys: undefined, onlyByName: NEEDS_A_WHILE } as const;

export const OTHER_SERVERS: readonly OtherServer[] = [
  {
    ...END_TO_END,
    name: 'moto',
    version: '5.2.1',
    command: 'moto_server',
    args: (port) => ['-H', '127.0.0.1', '-p', String(port)],
    env: () => ({}),
  },
  {
    ...END_TO_END,
    name: 'ministack',
    version: '1.4.21',
    command: 'ministack',
    args: () => [],
    env: (port) => ({ GATEWAY_PORT: String(port), BIND_HOST: '127.0.0.1' }),
  },
  {
    name: 'versitygw',
    version: '1.8.0',
    installation: { by: 'go', package: 'github.com/versity/versitygw/cmd/versitygw' },
    command: place('versitygw-1.8.0', 'versitygw'),
    args: (port, folder) => ['--port', `127.0.0.1:${port}`, '--quiet', 'posix', folder],
    env: () => ({ ROOT_ACCESS_KEY: 'test', ROOT_SECRET_KEY: 'test' }),
    refusedKeys: undefined,
  },
  {
    name: 'gofakes3',
    version: '1.2.0',
    installation: { by: 'go', package: 'github.com/johannesboyne/gofakes3/cmd/gofakes3' },
    command: place('gofakes3-1.2.0', 'gofakes3'),
    args: (port) => ['-backend', 'memory', '-host', `127.0.0.1:${port}`],
    env: () => ({}),
    refusedKeys: undefined,
  },
  {
    name: 's3rver',
    withoutContract: 'a key of 1,024 bytes ends it',
    version: '3.7.1',
    installation: { by: 'npm', package: 's3rver' },
    command: process.execPath,
    args: (port, folder) => [
      // Its continuation tokens are encrypted by DES.
      '--openssl-legacy-provider',
      ...['--require', join(__dirname, 's3rver-account.cjs')],
      join(S3RVER, 'bin/s3rver.js'),
      ...['-d', folder, '-a', '127.0.0.1', '-p', String(port)],
      '--silent',
    ],
    env: () => ({ S3RVER }),
    // It ends when a file name is too long.
    refusedKeys: /[^/]{200}/,
  },
  {
    name: 'fauxqs',
    version: '2.4.1',
    installation: { by: 'npm', package: 'fauxqs' },
    command: process.execPath,
    args: () => [place('fauxqs-2.4.1', 'node_modules/.bin/fauxqs')],
    env: (port) => ({ FAUXQS_PORT: String(port), FAUXQS_HOST: '127.0.0.1', FAUXQS_LOGGER: 'false' }),
    // It sorts as a dictionary does, where these are nothing, so the order of such keys is left to chance.
    refusedKeys: /[\u007f\u200b]/,
  },
  {
    name: 's3mock',
    onlyByName: NEEDS_A_WHILE,
    version: '5.2.0',
    installation: { by: 'maven', artifact: 'com.adobe.testing:s3mock', classifier: 'exec' },
    command: 'java',
    isOnPath: true,
    args: (port) => ['-jar', place('s3mock-5.2.0', 's3mock-5.2.0-exec.jar'), `--http.port=${port}`, '--server.port=0'],
    env: () => ({}),
    refusedKeys: undefined,
  },
  ...(['s3proxy', 's3proxy-lenient'] as const).map((name) => ({
    name,
    onlyByName: NEEDS_A_WHILE,
    version: '4.1.0',
    ...(name === 's3proxy-lenient' && { withoutContract: 'it is s3proxy' }),
    installation: { by: 'maven', artifact: 'org.gaul:s3proxy', classifier: 'jar-with-dependencies' } as const,
    command: 'java',
    isOnPath: true,
    args: (port: number, folder: string) => ['-jar', S3PROXY, '--properties', writeProperties(name, port, folder)],
    env: () => ({}),
    refusedKeys: undefined,
  })),
  {
    name: 'seaweedfs',
    version: '0.0.0-20261109003541-7506e5f91cd6',
    installation: { by: 'go-module', package: 'github.com/seaweedfs/seaweedfs/weed', program: 'weed' },
    onlyByName: HALF_AN_HOUR,
    command: place('seaweedfs-0.0.0-20261109003541-7506e5f91cd6', 'weed'),
    args: (port, folder) => [
      'server',
      `-dir=${folder}`,
      // Each bucket takes seven of its volumes.
      '-volume.max=1000',
      '-master.volumeSizeLimitMB=64',
      '-s3',
      `-s3.port=${port}`,
      '-ip=127.0.0.1',
      ...otherPorts(port),
    ],
    env: () => ({}),
    refusedKeys: undefined,
  },
  {
    name: 'minio',
    version: '0.0.0-20260212201848-7aac2a2c5b7c',
    installation: { by: 'go', package: 'github.com/minio/minio' },
    onlyByName: HALF_AN_HOUR,
    command: place('minio-0.0.0-20260212201848-7aac2a2c5b7c', 'minio'),
    args: (port, folder) => ['server', '--address', `127.0.0.1:${port}`, folder],
    // It takes no secret of less than eight characters.
    env: () => ({ MINIO_ROOT_USER: 'test', MINIO_ROOT_PASSWORD: 'testtest' }),
    secret: 'testtest',
    refusedKeys: undefined,
  },
  {
    name: 'radosgw',
    onlyByName: NEEDS_A_WHILE,
    version: 'debian',
    installation: { by: 'debian', packages: ['ceph-mon', 'ceph-osd', 'ceph-common', 'ceph-base', 'radosgw'] },
    command: join(__dirname, 'start-radosgw'),
    args: (port, folder) => [place('radosgw-debian'), String(port), folder],
    env: () => ({}),
    refusedKeys: undefined,
  },
];

/** What `weed server` starts besides. */
function otherPorts(port: number): string[] {
  return ['master', 'volume', 'filer'].flatMap((name, index) => [
    `-${name}.port=${port + 1 + index}`,
    `-${name}.port.grpc=${port + 11 + index}`,
  ]);
}

function writeProperties(name: string, port: number, folder: string): string {
  const file = join(folder, 's3proxy.properties');
  const properties = [
    `s3proxy.endpoint=http://127.0.0.1:${port}`,
    's3proxy.authorization=none',
    `s3proxy.ignore-unknown-headers=${name === 's3proxy-lenient'}`,
    // The one that keeps files also lists those that it has not finished yet.
    'jclouds.provider=transient-nio2',
    'jclouds.identity=test',
    'jclouds.credential=test',
  ];
  writeFileSync(file, properties.join('\n'));
  return file;
}
