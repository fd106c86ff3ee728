import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { RunSummary } from '../../statemachine/contract';
import { finished, startCli } from '../support/cli-process';
import { reportLines } from '../support/report-lines';
import { connect, describeObject } from '../support/s3-client';
import { temporaryFolder } from '../support/temporary-folder';
import { SERVER_KINDS, type Server, startServer } from './servers';

const BEFORE = ['absent', 'there', 'gone', 'written twice'] as const;
const AT_SOURCE = ['absent', 'new', 'same'] as const;
const CHANGES = ['none', 'put', 'put again', 'delete', 'delete and put', 'expire'] as const;

interface Key {
  readonly key: string;
  readonly before: (typeof BEFORE)[number];
  readonly atSource: (typeof AT_SOURCE)[number];
  /** What somebody does after the run. */
  readonly change: (typeof CHANGES)[number];
}

/** Every combination, with keys of which some have to be encoded. */
const KEYS: readonly Key[] = BEFORE.flatMap((before) =>
  AT_SOURCE.flatMap((atSource) =>
    CHANGES.map((change) => ({ key: `é+ ${before}/${atSource}&/${change}.html`, before, atSource, change })),
  ),
);

const BUCKET = 'production';

describe.each(SERVER_KINDS)('an undo on versions of $name', (kind) => {
  const reports = temporaryFolder();
  let server: Server;
  let s3: S3Client;

  beforeAll(async () => {
    server = await startServer(kind);
    s3 = connect(server.endpoint);
    await s3.send(new CreateBucketCommand({ Bucket: 'staging' }));
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await s3.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration }));
  });
  afterAll(() => server?.stop());

  async function bucketsync(...args: string[]): Promise<RunSummary> {
    const env = { AWS_ENDPOINT_URL: server.endpoint, BUCKETSYNC_REPORT_LOCATION: reports };
    const { stdout, stderr } = await finished(startCli(undefined, [...args, '--json', '--yes'], env));
    try {
      return JSON.parse(stdout) as RunSummary;
    } catch (cause) {
      throw new Error(`Expected a summary, got ${stdout}\n${stderr}`, { cause });
    }
  }

  async function put(bucket: string, key: string, content: string): Promise<void> {
    const Metadata = { content };
    const Tagging = `content=${content}`;
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.from(content), Metadata, Tagging }));
  }

  const remove = (key: string) => s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key }));

  /** Does to each key what `act` says. Dates of versions are in seconds, so all that comes before gets an earlier one. */
  async function inNextSecond(folder: string, act: (key: Key, name: string) => Promise<unknown>): Promise<void> {
    const second = () => Math.floor(Date.now() / 1000);
    const began = second();
    while (second() === began) await delay(20);
    await Promise.all(KEYS.map((each) => act(each, `${folder}/${each.key}`)));
  }

  /** A run over a history of versions. */
  async function publish(folder: string) {
    await inNextSecond(folder, async ({ before }, key) => {
      if (before === 'written twice') await put(BUCKET, key, 'first');
      if (before === 'gone') await put(BUCKET, key, 'before');
    });
    await inNextSecond(folder, async ({ before, atSource }, key) => {
      if (before === 'there' || before === 'written twice') await put(BUCKET, key, 'before');
      if (before === 'gone') await remove(key);
      if (atSource === 'new') await put('staging', key, 'after');
      if (atSource === 'same') await put('staging', key, 'before');
    });
    const before = await see(folder);
    await inNextSecond(folder, async () => {});
    const sides = [`s3://staging/${folder}`, `s3://${BUCKET}/${folder}`];
    const run = await bucketsync('run', ...sides, '--mode', 'publish', '--max-deletes', '100%');
    expect(run).toMatchObject({ status: 'succeeded', keepsVersions: true });
    return { run, before, after: await see(folder) };
  }

  /** What readers see of each key; nothing: there is no object. */
  async function see(folder: string): Promise<Map<string, string>> {
    const seen = await Promise.all(
      KEYS.map(async ({ key }) => {
        const { ETag, Metadata, tags } = await describeObject(s3, BUCKET, `${folder}/${key}`).catch(orAbsent);
        return [key, ETag && JSON.stringify([ETag, Metadata, tags])] as const;
      }),
    );
    return new Map(seen.filter((each): each is [string, string] => each[1] !== undefined));
  }

  async function latestOf(folder: string): Promise<Map<string, string | undefined>> {
    const latest = await Promise.all(
      KEYS.map(async ({ key }) => {
        const { VersionId } = await s3
          .send(new HeadObjectCommand({ Bucket: BUCKET, Key: `${folder}/${key}` }))
          .catch(orAbsent);
        return [key, VersionId] as const;
      }),
    );
    return new Map(latest);
  }

  /** Removes all versions but the latest one. */
  async function expire(key: string): Promise<void> {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(
      new ListObjectVersionsCommand({ Bucket: BUCKET, Prefix: key }),
    );
    const former = [...Versions, ...DeleteMarkers].filter(({ Key, IsLatest }) => Key === key && !IsLatest);
    for (const { VersionId } of former) await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key, VersionId }));
  }

  async function disturb({ change, before, atSource }: Key, key: string): Promise<void> {
    if (change === 'expire') await expire(key);
    if (change === 'put') await put(BUCKET, key, 'by somebody');
    if (change === 'put again') await put(BUCKET, key, atSource === 'new' ? 'after' : 'before');
    if (change === 'delete') await remove(key);
    if (change !== 'delete and put') return;
    await remove(key);
    await put(BUCKET, key, before === 'absent' ? 'by somebody' : 'before');
  }

  it('leaves each key as it was before the run, or untouched and listed, whatever others did since', async () => {
    const { run, before } = await publish('disturbed');
    await inNextSecond('disturbed', disturb);
    const versions = await latestOf('disturbed');
    const disturbed = await see('disturbed');
    await inNextSecond('disturbed', async () => {});

    const undone = await bucketsync('undo', run.runId, '--no-hold');

    const [now, latest] = [await see('disturbed'), await latestOf('disturbed')];
    const listed = new Set(reportLines(undone, 'failures').map(({ key }) => key));
    const written = new Set(reportLines(run, 'actions').map(({ key }) => key));
    const wrong = KEYS.filter(({ key, change }) => {
      const isUntouched = latest.get(key) === versions.get(key) && now.get(key) === disturbed.get(key);
      const isAsBefore = now.get(key) === before.get(key);
      if (!written.has(key)) return !isUntouched || listed.has(key);
      if (change === 'none') return !isAsBefore || listed.has(key);
      return listed.has(key) ? !isUntouched : !isAsBefore;
    });
    expect(wrong).toEqual([]);
    expect(undone.error?.name).toBe('UndoIncompleteError');
    const reasons = new Set(reportLines(undone, 'failures').map(({ reason }) => reason));
    expect([...reasons].sort()).toEqual(['changed-since', 'expired']);
    expect(written.size).toBe(48);
  });

  it('undone twice, a run is as if it had just been made', async () => {
    const { run, before, after } = await publish('twice');

    const first = await bucketsync('undo', run.runId, '--no-hold');
    expect(first).toMatchObject({ status: 'succeeded' });
    expect(await see('twice')).toEqual(before);
    await inNextSecond('twice', async () => {});

    expect(await bucketsync('undo', first.runId, '--no-hold')).toMatchObject({ status: 'succeeded' });
    expect(await see('twice')).toEqual(after);
  });
});

/** A key without an object. */
function orAbsent(error: unknown): { ETag?: never; Metadata?: never; VersionId?: never; tags?: never } {
  if ((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404) return {};
  throw error;
}
