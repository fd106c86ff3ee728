import { CreateBucketCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { RunSummary } from '../../statemachine/contract';
import { putObject } from '../e2e/buckets';
import type { Server } from '../e2e/servers';
import type { SiteObject } from '../e2e/site';
import { connect } from '../support/s3-client';
import { temporaryFolder } from '../support/temporary-folder';
import { runBucketsync } from './bucketsync';
import type { OtherServer } from './catalogue';
import { installed, options } from './chosen';
import { type Migrated, migrationOf } from './expected';
import { KINDS } from './kinds';
import { listAll, tagsOf } from './objects';
import { startOther } from './server';
import { compareStates, readStates } from './states';

/** From one server to another. */
const PAIRS: readonly { from: string; to: string; without?: readonly string[]; options?: readonly string[] }[] = [
  // It lists these out of UTF-8 order.
  { from: 's3rver', to: 'fauxqs', without: ['kinds/metadata', 'kinds/parts'] },
  // It shows no tags.
  { from: 'fauxqs', to: 's3rver', options: ['--tags', 'ignore'], without: ['kinds/metadata', 'kinds/parts'] },
  { from: 'versitygw', to: 'gofakes3' },
  { from: 'gofakes3', to: 'versitygw', options: ['--tags', 'ignore'] },
];

const servers = new Map(installed().map((server) => [server.name, server]));
const pairs = PAIRS.flatMap(({ from, to, without = [], options: more = [] }) => {
  const [source, destination] = [servers.get(from), servers.get(to)];
  const objects = KINDS.filter(({ key }) => !without.includes(key));
  return source && destination ? [{ name: `${from} to ${to}`, source, destination, objects, more }] : [];
});

for (const pair of pairs) describe('a bucket', () => testMigration(pair));

// Jest takes a file without a test for a mistake.
if (pairs.length === 0) it.todo('no migration is tried, since no two servers of a pair are');

function testMigration({ name, source, destination, objects, more }: (typeof pairs)[number]): void {
  const reports = temporaryFolder();
  const stops: (() => Promise<void>)[] = [];

  afterAll(async () => {
    for (const stop of stops) await stop();
  });

  async function start(kind: OtherServer, bucket: string, content: readonly SiteObject[]) {
    const server = await startOther(kind);
    stops.push(() => server.stop());
    const s3 = connect(server.endpoint, kind.secret);
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    for (const object of content) await putObject(s3, bucket, '', object).catch(() => {}); // it does not take this kind
    return { server, s3 };
  }

  it(`moves from ${name}, as far as is known`, async () => {
    const from = await start(source, 'every-source', objects);
    const to = await start(destination, 'every-destination', [{ key: 'orphan', content: 'orphan' }]);
    const keys = await listAll(from.s3, 'every-source');
    const first = await migrate(from.server, to.server, reports, '--verify', ...more);
    const second = await migrate(from.server, to.server, reports, '--compare', 'metadata', ...more);
    const read = async (s3: S3Client, bucket: string) => {
      const keepsTags = more.length === 0 && (await tagsOf(s3, bucket, 'kinds/tags').catch(() => [])).length > 0;
      return readStates(s3, bucket, keys, keepsTags);
    };
    const { Contents = [] } = await to.s3.send(
      new ListObjectsV2Command({ Bucket: 'every-destination', Prefix: 'orphan' }),
    );

    const found: Migrated = {
      objects: keys.length,
      lacks: (first.lacks ?? []).map(({ name: lack }) => lack).sort(),
      run: first.error ? `${first.error.name}: ${first.error.message}` : 'succeeded',
      orphansLeft: Contents.length,
      differs: compareStates(await read(from.s3, 'every-source'), await read(to.s3, 'every-destination')),
      second: second.error?.name ?? second.totals.copied + second.totals.deleted,
    };
    if (options.includes('--record')) process.stdout.write(`${JSON.stringify({ [name]: found }, null, 2)}\n`);
    expect(found).toEqual(migrationOf(name));
  });
}

/** A server without conditions of writes cannot keep the lock. */
async function migrate(from: Server, to: Server, reports: string, ...more: string[]): Promise<RunSummary> {
  const sides = ['--source-endpoint-url', from.endpoint, '--destination-endpoint-url', to.endpoint];
  const run = (...lock: string[]) => {
    const args = ['run', 's3://every-source', 's3://every-destination', ...sides, '--report-location', reports];
    return runBucketsync([...args, ...lock, ...more], { ...to.env, AWS_ENDPOINT_URL: undefined });
  };
  const summary = await run();
  return summary.error?.name === 'LockUnsupportedError' ? run('--lock', 'reports') : summary;
}
