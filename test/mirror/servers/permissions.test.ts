import { createHash } from 'node:crypto';
import { NO_HOLDERS } from '../../../lambdas/engine/ports/lock-store';
import type { Bucket } from '../../../local/s3';
import type { SyncRequest } from '../../../statemachine/contract';
import { RESERVED_FOLDER } from '../../../statemachine/reserved-folder';
import { contentsOf } from '../../support/contents';
import { past, useMirror } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';
import { reportLines } from '../../support/report-lines';

const mirror = useMirror();

/** Both sides have objects that are equal, that differ, and that the other lacks. */
function fill({ source, destination }: { source: Bucket; destination: Bucket }): void {
  source.put('a/new', 'x', { lastModified: past, tags: [['team', 'blue']] });
  putInParts(source, 'a/parts', [5 * MIB, MIB], { lastModified: past });
  source.put('b', 'x', { lastModified: past });
  destination.put('b', 'other');
  destination.put('orphan', 'x');
}

/** Without what a run keeps there for itself, such as its lock. */
const objectsOf = (bucket: Bucket) => [...bucket.index.after('')].filter(({ key }) => !key.startsWith(RESERVED_FOLDER));
const keysOf = (bucket: Bucket) => objectsOf(bucket).map(({ key }) => key);

type Deny = { readonly source?: string[]; readonly destination?: string[] };

async function runDenied(deny: Deny, request: Partial<SyncRequest> = {}) {
  const pair = mirror.createPair({ source: { deny: deny.source }, destination: { deny: deny.destination } });
  fill(pair);
  const before = keysOf(pair.destination);
  const summary = await mirror.run({ ...pair.input, ...request });
  return { ...pair, summary, before };
}

it.each<[missing: string, side: 'source' | 'destination', request: Partial<SyncRequest>]>([
  ['s3:GetObject', 'source', {}],
  ['s3:GetObjectTagging', 'source', {}],
  ['s3:GetObject', 'destination', {}],
  ['s3:PutObject', 'destination', {}],
  ['s3:PutObjectTagging', 'destination', {}],
  ['s3:AbortMultipartUpload', 'destination', {}],
  ['s3:DeleteObject', 'destination', {}],
  ['s3:GetObject', 'source', { dryRun: true }],
  ['s3:GetObject', 'destination', { dryRun: true }],
  ['s3:DeleteObject', 'destination', { mode: 'publish' }],
])('meets a missing %s on the %s before anything is written: %j', async (missing, side, request) => {
  const { destination, before, summary, ...pair } = await runDenied({ [side]: [missing] }, request);

  expect(summary).toMatchObject({ status: 'failed', phases: [], error: { name: 'AccessDeniedError' } });
  const bucket = side === 'source' ? pair.source : destination;
  const message = summary.error?.message ?? '';
  expect(message).toContain(`${missing}`);
  const [statement] = JSON.parse(/\[\{.*\}\]/.exec(message)?.[0] ?? '[]');
  expect(statement).toMatchObject({ Effect: 'Allow', Resource: `arn:aws:s3:::${bucket.name}/*` });
  expect(statement.Action).toContain(missing);
  expect(keysOf(destination)).toEqual(before);
});

it('names everything that is missing at once, and the folders', async () => {
  const { source, destination, input } = mirror.createPair({
    source: { deny: ['s3:GetObjectTagging'] },
    destination: { deny: ['s3:PutObject', 's3:DeleteObject'] },
  });
  source.put('site/a', 'x');
  destination.put('live/b', 'x');

  const { error } = await mirror.run({ ...input, prefix: 'site', destinationPrefix: 'live' });

  expect(error?.message).toContain(
    JSON.stringify([
      { Effect: 'Allow', Action: ['s3:GetObjectTagging'], Resource: `arn:aws:s3:::${source.name}/site/*` },
      {
        Effect: 'Allow',
        Action: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
        Resource: `arn:aws:s3:::${destination.name}/live/*`,
      },
    ]),
  );
});

it('says how to run without tags if only tags are denied', async () => {
  const { summary } = await runDenied({ source: ['s3:GetObjectTagging'] });
  expect(summary.error?.message).toContain('`tags: "ignore"`');
  expect((await runDenied({ source: ['s3:GetObjectTagging'] }, { tags: 'ignore' })).summary.status).toBe('succeeded');
});

it('names s3:PutObjectAcl if the destination uses ACLs', async () => {
  const { source, input } = mirror.createPair({
    destination: { ownership: 'ObjectWriter', deny: ['s3:PutObjectAcl'] },
  });
  source.put('a', 'x');
  const { error } = await mirror.run(input);
  expect(error).toMatchObject({ name: 'AccessDeniedError', message: expect.stringContaining('s3:PutObjectAcl') });
  expect(error?.message).toContain('deploy with `acls: true`');
});

describe('KMS', () => {
  const kmsKeyId = 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555';
  const encryption = { algorithm: 'aws:kms', kmsKeyId };
  const statement = (...Action: string[]) => JSON.stringify([{ Effect: 'Allow', Action, Resource: kmsKeyId }]);

  it('names the key that the source may not be decrypted with', async () => {
    const { source, input } = mirror.createPair({ source: { encryption, deny: ['kms:Decrypt'] } });
    source.put('a', 'x');
    const { error } = await mirror.run(input);
    expect(error).toMatchObject({ name: 'AccessDeniedError' });
    expect(error?.message).toContain(statement('kms:Decrypt'));
  });

  it.each<[what: string, destination: object, request: object]>([
    ["the destination's own", { encryption, deny: ['kms:GenerateDataKey'] }, {}],
    ['the one that was given', { deny: ['kms:GenerateDataKey'] }, { sse: 'aws:kms', sseKmsKeyId: kmsKeyId }],
  ])('names the key that may not be encrypted with: %s', async (_what, destination, request) => {
    const { source, input } = mirror.createPair({ destination });
    source.put('a', 'x');
    const { error } = await mirror.run({ ...input, ...request });
    expect(error).toMatchObject({ name: 'AccessDeniedError' });
    expect(error?.message).toContain(statement('kms:GenerateDataKey', 'kms:Decrypt'));
  });

  /** A pair of one content, of which only checksums can tell so: the copy has a key that may not be used any more. */
  function createUnderKey() {
    const pair = mirror.createPair({ destination: { deny: ['kms:Decrypt'] } });
    for (let index = 0; index < 3; index++) {
      pair.source.put(`k${index}`, 'x', { lastModified: past });
      pair.destination.put(`k${index}`, 'x', { encryption });
    }
    return pair;
  }

  it.each(['auto', 'metadata'] as const)(
    'copies once what only a checksum could prove, if the key of the destination may not be used: %s',
    async (compare) => {
      const { input } = createUnderKey();
      const summary = await mirror.run({ ...input, compare });
      expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 3, failed: 0 } });
      expect(reportLines(summary, 'actions').map(({ reason }) => reason)).toEqual(Array(3).fill('unproven'));
      expect(await mirror.run({ ...input, compare })).toMatchObject({ totals: { copied: 0, unchanged: 6 } });
    },
  );

  it('names the key before anything is written if `compare: "checksum"` may not use it', async () => {
    const { destination, input } = createUnderKey();
    const before = [...contentsOf(destination)];
    const { error, phases } = await mirror.run({ ...input, compare: 'checksum' });
    expect(error).toMatchObject({ name: 'AccessDeniedError' });
    expect(error?.message).toContain(statement('kms:Decrypt'));
    expect(phases).toEqual([]);
    expect([...contentsOf(destination)]).toEqual(before);
  });

  it('names the key at once, and writes nothing, if the lock itself cannot be read without it', async () => {
    const { source, destination, input } = mirror.createPair({ destination: { encryption, deny: ['kms:Decrypt'] } });
    source.put('a', 'x', { lastModified: past });
    const waits: number[] = [];
    const wait = async (milliseconds: number) => void waits.push(milliseconds);
    const { error } = await mirror.run(input, { host: { wait } });
    expect(error).toMatchObject({ name: 'AccessDeniedError' });
    expect(error?.message).toContain(`kms:Decrypt on ${kmsKeyId}`);
    expect([...contentsOf(destination)]).toEqual([]);
    expect(waits).toEqual([]);
  });

  it('stops before it begins if S3 cannot use the key', async () => {
    const { source, input } = mirror.createPair();
    source.put('a', 'x');
    mirror.s3.onRequest = ({ operation }) =>
      operation === 'CreateMultipartUpload' ? { status: 400, code: 'KMS.NotFoundException' } : undefined;
    const { error } = await mirror.run({ ...input, sse: 'aws:kms', sseKmsKeyId: kmsKeyId });
    expect(error).toMatchObject({ name: 'AccessDeniedError' });
    expect(error?.message).toContain('KMS.NotFoundException');
  });
});

it.each<[what: string, deny: Deny, request: Partial<SyncRequest>]>([
  [
    'nothing but to read, for a dry run',
    { source: ['s3:GetObjectTagging'], destination: ['s3:PutObject', 's3:DeleteObject', 's3:PutObjectTagging'] },
    { dryRun: true },
  ],
  [
    'no more than lists, for a dry run by size',
    { source: ['s3:GetObject'], destination: ['s3:GetObject'] },
    { dryRun: true, compare: 'size' },
  ],
  ['no delete where none is wanted', { destination: ['s3:DeleteObject'] }, { delete: false }],
  [
    'no tags where they are ignored',
    { source: ['s3:GetObjectTagging'], destination: ['s3:PutObjectTagging'] },
    { tags: 'ignore' },
  ],
  ['no ACL where there are none', { destination: ['s3:PutObjectAcl'] }, {}],
])('asks for %s', async (_what, deny, request) => {
  expect((await runDenied(deny, request)).summary).toMatchObject({ status: 'succeeded' });
});

it.each(['Enabled', 'Suspended', undefined] as const)(
  'leaves nothing behind, with versioning %s',
  async (versioning) => {
    const pair = mirror.createPair({ destination: { versioning } });
    fill(pair);
    const deletes = recordDeletes();
    const uploads: string[] = [];
    const result = await mirror.run(pair.input, {
      around: async (task, _input, invoke) => {
        const before = snapshot(pair.destination);
        const answer = await invoke();
        if (task === 'ValidateInput') {
          expect(snapshot(pair.destination)).toEqual(before);
          uploads.push(...pair.destination.uploads.keys());
        }
        return answer;
      },
    });
    expect(result.status).toBe('succeeded');
    expect(uploads).toEqual([]);
    expect(deletes).toEqual([expect.stringContaining('probe')]);
  },
);

/** Keys that DeleteObject was asked for. */
function recordDeletes(): (string | undefined)[] {
  const keys: (string | undefined)[] = [];
  mirror.s3.onRequest = ({ operation, key }) => {
    if (operation === 'DeleteObject' && !key?.startsWith(RESERVED_FOLDER)) keys.push(key);
    return undefined;
  };
  return keys;
}

function snapshot(bucket: Bucket) {
  return objectsOf(bucket).map(({ key, versions }) => [key, versions.map(({ versionId }) => versionId)]);
}

it('removes a delete marker that a server creates for a key that does not exist', async () => {
  const pair = mirror.createPair({ destination: { versioning: 'Enabled' } });
  fill(pair);
  let deletes = 0;
  const { authorize } = mirror.s3;
  mirror.s3.authorize = async (request) => {
    const isAllowed = await authorize?.(request);
    if (request.operation === 'DeleteObject' && !request.key?.startsWith(RESERVED_FOLDER)) {
      deletes += 1;
      delete request.headers['if-match']; // as a server that does not know the condition
    }
    return isAllowed ?? true;
  };
  await mirror.run(pair.input);
  mirror.s3.authorize = authorize;
  expect(deletes).toBe(2);
  expect(keysOf(pair.destination).filter((key) => key.includes('probe'))).toEqual([]);
});

it('tries requests in the folder of an object that takes part, since policies may be about folders', async () => {
  const { source, destination, input } = mirror.createPair();
  for (const side of [source, destination]) for (const key of ['0', 'a/b/1', 'z']) side.put(key, 'x');
  const tried: (string | undefined)[] = [];
  mirror.s3.onRequest = ({ operation, key }) => {
    if (!/Bucket|List|Abort/.test(operation)) tried.push(`${operation} ${key}`);
    return undefined;
  };

  await mirror.run({ ...input, include: ['a/**'] }, { host: { invocationId: 'id' } });

  expect(tried.filter((request) => !request?.startsWith('HeadObject')).sort()).toEqual([
    'CreateMultipartUpload a/b/.bucketsync-probe-id',
    'DeleteObject a/b/.bucketsync-probe-id',
    'GetObject a/b/1',
    'GetObjectTagging a/b/1',
  ]);
});

it('treats a trial without an answer as allowed, as far as that is known', async () => {
  const pair = mirror.createPair();
  fill(pair);
  mirror.s3.onRequest = ({ operation, key }) =>
    /^(GetObject|DeleteObject)$/.test(operation) || key?.includes('probe')
      ? { status: 501, code: 'NotImplemented' }
      : undefined;
  expect(await mirror.run(pair.input)).toMatchObject({ status: 'succeeded', totals: { copied: 3, deleted: 1 } });
});

it('reads an object that is empty or archived as well as any other', async () => {
  for (const attributes of [{}, { storageClass: 'GLACIER' }]) {
    const { source, input } = mirror.createPair();
    source.put('a', '', { lastModified: past, ...attributes });
    source.put('b', 'x', { lastModified: past });
    expect((await mirror.run(input)).totals.copied).toBeGreaterThan(0);
  }
});

it('leaves a lock without holders if nothing may be deleted', async () => {
  const { destination } = await runDenied({ destination: ['s3:DeleteObject'] }, { delete: false });

  const kept = [...destination.index.after('')].filter(({ key }) => key.startsWith(RESERVED_FOLDER));
  expect(kept.map(({ key }) => key)).toEqual(['.bucketsync/lock.json']);
  const md5 = createHash('md5').update(NO_HOLDERS).digest('hex');
  expect(kept.map(({ versions }) => versions.at(-1)?.eTag)).toEqual([md5]);
});
