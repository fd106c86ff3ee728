import type { BucketProbes } from '../../../lambdas/engine/ports/bucket-probes';
import type { Buckets } from '../../../lambdas/engine/ports/bucket-writer';
import type { Host } from '../../../lambdas/engine/ports/host';
import type { LockStore } from '../../../lambdas/engine/ports/lock-store';
import type { RequestObserver } from '../../../lambdas/engine/ports/request-observer';
import { StoreError } from '../../../lambdas/engine/ports/store-error';
import { type Bucket, type RequestInfo, type S3Server, syntheticBody } from '../../../local/s3';
import { emptyCounters, type Run } from '../../../statemachine/contract';
import { RESERVED_FOLDER } from '../../../statemachine/reserved-folder';
import type { AnyMirror } from '../../support/any-mirror';
import { useMemoryMirror } from '../../support/memory-mirror';
import { past, useMirror } from '../../support/mirror';

const worlds: readonly AnyMirror[] = [useMirror({ now: () => past }), useMemoryMirror({ now: () => past })];

/** What one world offers for one test: the same two buckets, and all ports to them. */
interface World extends Buckets {
  readonly s3: S3Server;
  readonly from: Bucket;
  readonly to: Bucket;
  readonly run: Run;
  readonly probes: BucketProbes;
  readonly lock: LockStore;
  readonly findRegion: Host['findRegion'];
  readonly observer: RequestObserver;
}
type Act = (world: World) => unknown;

const MIB = 1024 ** 2;
const copyOf = (key: string, eTag: string) =>
  ({ key, sourceETag: eTag, storageClass: 'STANDARD', tags: 'copy' }) as const;
const eTagOf = ({ from }: World, key: string) => from.get(key)?.eTag ?? '';

/** Objects of all kinds. */
function fill(bucket: Bucket): void {
  bucket.put('folder/plain', 'content');
  bucket.put('folder/a key & <ü> %', 'x', { storageClass: 'STANDARD_IA', tags: [['team', 'blue & red']] });
  bucket.put('folder/\u0001', 'x');
  bucket.put('folder/headers', 'x', {
    system: {
      'content-type': 'text/html',
      'cache-control': 'no-cache',
      'content-disposition': 'inline',
      'content-encoding': 'br',
      'content-language': 'en',
      expires: 'never',
    },
    user: { name: 'value', umlaut: 'ü', hidden: '\u0007' },
    websiteRedirect: '/there',
  });
  bucket.put('folder/archived', 'x', { storageClass: 'GLACIER' });
  bucket.put('folder/restoring', 'x', { storageClass: 'DEEP_ARCHIVE', restore: { ongoing: true } });
  const expires = new Date('2030-01-01T00:00:00Z');
  bucket.put('folder/restored', 'x', { storageClass: 'GLACIER', restore: { ongoing: false, expires } });
  bucket.put('folder/kms', 'x', { encryption: { algorithm: 'aws:kms', kmsKeyId: 'arn:aws:kms:us-east-1:1:key/1' } });
  const parts = [5, 6].map((mib, index) => ({
    partNumber: index + 1,
    sizeBytes: mib * MIB,
    checksum: `part${index}=`,
  }));
  const checksum = { algorithm: 'SHA256', type: 'COMPOSITE', value: 'abc=-2' } as const;
  bucket.put('folder/parts', syntheticBody(11 * MIB, 'seed'), { parts, checksum, eTag: `${'1'.repeat(32)}-2` });
  const bare = parts.map(({ partNumber, sizeBytes }) => ({ partNumber, sizeBytes }));
  bucket.put('folder/bare parts', syntheticBody(11 * MIB, 'other'), { parts: bare, eTag: `${'2'.repeat(32)}-2` });
  bucket.put('elsewhere', 'x');
}

interface Options {
  /** Whoever sends a request repeats it. */
  readonly leave?: boolean;
  readonly input?: object;
  /** false: the requests may differ. */
  readonly requests?: boolean;
}

function openWorld(mirror: AnyMirror, given: Options): World {
  const { source: from, destination: to } = mirror.createPair({ destination: { ownership: 'ObjectWriter' } });
  fill(from);
  const host = mirror.hostOf({ pageSize: 4 });
  const input = { source: from.name, destination: to.name, prefix: 'folder/', destinationPrefix: '', ...given.input };
  const run = { input, settings: { acls: false }, sourceRegion: from.region, destinationRegion: to.region } as Run;
  const observer: RequestObserver = {
    counters: emptyCounters().requests,
    onSlowDown() {},
    ...(given.leave && { leaveToSender() {} }),
  };
  return {
    ...host.openBuckets(run, observer),
    ...{ s3: mirror.s3, from, to, run, observer },
    probes: host.openProbes(run),
    lock: host.openLock({ destination: to.name, region: to.region, owner: undefined }),
    findRegion: host.findRegion,
  };
}

/** The headers that are about the way of a request, and not about what it asks for. */
const OF_THE_WAY =
  /^(authorization|host|connection|user-agent|accept.*|expect|te|content-length|content-md5|transfer-encoding|x-amz-(date|content-sha256|user-agent|sdk-.*|trailer|decoded-.*|checksum-(crc32|mode))|amz-sdk-.*|x-amzn-.*|traceparent|x-test-sender)$/;

async function show({ operation, key, query, headers, readBody }: RequestInfo) {
  const own = Object.entries(headers).filter(([name]) => !OF_THE_WAY.test(name));
  const about = operation === 'RestoreObject' || operation === 'PutObject' || operation.startsWith('Delete');
  if (about) await readBody();
  const isXml = headers['content-type'] === 'application/xml';
  return {
    operation,
    key,
    query: Object.fromEntries([...query].filter(([name, value]) => value !== '' && name !== 'x-id')),
    headers: Object.fromEntries(own.filter(([name]) => !(isXml && name === 'content-type'))),
  };
}

function isLook({ operation, query }: Awaited<ReturnType<typeof show>>): boolean {
  return operation === 'ListObjectsV2' && query['encoding-type'] === undefined && query['max-keys'] === '1';
}

/** Everything that can be told of what an act did: its answer or error, its requests, its counts, and what the bucket then holds. */
async function record(mirror: AnyMirror, act: Act, options: Options = {}, fault?: object) {
  const world = openWorld(mirror, options);
  const requests: unknown[] = [];
  mirror.overlooksLock = false;
  mirror.overlooksProbes = false;
  mirror.s3.onRequest = async (request) => {
    const shown = await show(request);
    // over HTTP, a refused HEAD has no code, so that another request looks for one
    if (isLook(shown)) world.observer.counters.list -= 1;
    else requests.push(shown);
    return fault as undefined;
  };
  const answer = await (async () => act(world))().then((told) => ({ told }), describe);
  mirror.s3.onRequest = undefined;
  const objects = [...world.to.index.after('')].flatMap(({ versions }) => versions);
  const text = JSON.stringify({
    answer,
    requests: options.requests === false ? [] : requests,
    counters: world.observer.counters,
    objects: objects.map(plain),
  });
  // names and ids that differ from one world to the other, or from one run to the next
  return JSON.parse(
    text
      .replaceAll(world.from.name, 'SOURCE')
      .replaceAll(world.to.name, 'DESTINATION')
      .replaceAll(/ \(request REQUEST\d+\)|,? ?request REQUEST\d+/g, '')
      .replaceAll(/probe-[\w-]{36}/g, 'PROBE'),
  );

  function describe(error: unknown) {
    const { name, message } = error as Error;
    return error instanceof StoreError ? { name, message, reason: error.reason, said: error.said } : { name, message };
  }
}

function plain({ body, versionId: _id, checksum, lastModified, ...version }: ReturnType<Bucket['put']>) {
  // the SDK sends a checksum with the lock, whose time is the system's
  const kept = version.key.startsWith(RESERVED_FOLDER) ? {} : { checksum, lastModified };
  return { ...version, ...kept, md5: body.length < MIB ? body.md5() : body.length };
}

async function expectSame(act: Act, options?: Options, fault?: object): Promise<void> {
  const [overHttp, inMemory] = await Promise.all(worlds.map((mirror) => record(mirror, act, options, fault)));

  expect(inMemory).toEqual(overHttp);
  if (options?.requests !== false) expect(overHttp.requests).not.toEqual([]);
}

async function operationsOf(act: Act): Promise<string[]> {
  const { requests } = await record(worlds[1] as AnyMirror, act);
  await record(worlds[0] as AnyMirror, act); // so that the pairs of both have the same numbers
  return requests.map(({ operation }: RequestInfo) => operation);
}

async function listAll({ source }: World, keyPrefix = ''): Promise<unknown[]> {
  const pages = [await source.listPage({ keyPrefix })];
  for (let next = pages[0]?.next; next !== undefined; next = pages.at(-1)?.next) {
    pages.push(await source.listPage({ keyPrefix, continuation: next }));
  }
  return pages;
}

/** Deletes, and tells of what was not deleted all that a port has. */
function failuresOf(destination: World['destination']) {
  return async (...asked: Parameters<World['destination']['deleteObjects']>) => {
    const failures = await destination.deleteObjects(...asked);
    return failures.map(({ key, error: { name, message } }) => ({ key, name, message }));
  };
}

/** An upload of the object `parts`, with as many parts copied as asked for. */
async function upload({ source, destination, ...world }: World, parts: number) {
  const key = 'parts';
  const { attributes, eTag } = await source.headObject(key);
  const checksum = { algorithm: 'SHA256', type: 'COMPOSITE' } as const;
  const tags = [{ name: 'team', value: 'red & blue' }];
  const uploadId = await destination.uploads.create({ key, attributes, tags, storageClass: 'STANDARD_IA', checksum });
  const uploaded = [];
  for (const [part, first, last] of [[1, 0, 5 * MIB - 1] as const, [2, 5 * MIB, 11 * MIB - 1] as const].slice(
    0,
    parts,
  )) {
    const request = { key, uploadId, part, sourceETag: eTag, sizeBytes: last - first + 1, bytes: { first, last } };
    uploaded.push(await destination.uploads.copyPart(request));
  }
  return { ...world, uploads: destination.uploads, key, uploadId, uploaded, checksum, sizeBytes: 11 * MIB };
}

const READS: Readonly<Record<string, Act>> = {
  'lists all pages': (world) => listAll(world),
  'lists below a prefix': (world) => listAll(world, 're'),
  'lists behind a key': ({ source }) => source.listPage({ startAfter: 'headers', maxKeys: 2 }),
  'lists behind a place that is longer than a key': ({ source }) => source.listPage({ startAfter: 'p'.repeat(2000) }),
  'refuses a token that S3 did not give': ({ source }) => source.listPage({ continuation: 'mine' }),
  'reads the headers of an object': ({ source }) => source.headObject('headers'),
  'reads the headers of an archived object': ({ source }) => source.headObject('archived'),
  'reads the headers of an object that KMS encrypts': ({ source }) => source.headObject('kms', { checksums: true }),
  'reads how many tags there are': ({ source }) => source.headObject('a key & <ü> %'),
  'reads a full checksum': ({ source }) => source.headObject('plain', { checksums: true }),
  'reads a composite checksum': ({ source }) => source.headObject('parts', { checksums: true }),
  'does not find what is not there': ({ source }) => source.headObject('none'),
  'reads a part': ({ source }) => source.headPart('parts', 2),
  'reads the checksum of a part': ({ source }) => source.headPart('parts', 1, { checksums: true }),
  'reads the only part of an object': ({ source }) => source.headPart('plain', 1),
  'does not find a part': ({ source }) => source.headPart('parts', 3),
  'lists the sizes of parts': (world) =>
    world.source.listPartSizes({ key: 'parts', eTag: eTagOf(world, 'folder/parts') }),
  'lists no sizes of another version': ({ source }) => source.listPartSizes({ key: 'parts', eTag: 'other' }),
  'lists no sizes of parts without checksums': (world) =>
    world.source.listPartSizes({ key: 'bare parts', eTag: eTagOf(world, 'folder/bare parts') }),
  'reads tags': ({ source }) => source.readTags('a key & <ü> %'),
  'counts tags': ({ source }) => source.countTags('a key & <ü> %'),
  'counts no tags of what is not there': ({ source }) => source.countTags('none'),
  'reads that there are no tags': ({ source }) => source.readTags('plain'),
  'reads no tags of what is not there': ({ source }) => source.readTags('none'),
  'begins to restore': ({ source }) => source.restoreObject({ key: 'archived', tier: 'Bulk', days: 3 }),
  'finds a restore under way': ({ source }) => source.restoreObject({ key: 'restoring', tier: 'Standard', days: 1 }),
  'finds what is restored': ({ source }) => source.restoreObject({ key: 'restored', tier: 'Bulk', days: 1 }),
  'restores no object that is not archived': ({ source }) =>
    source.restoreObject({ key: 'plain', tier: 'Bulk', days: 1 }),
  'may not list': (world) => {
    world.from.denied.add('s3:ListBucket');
    return listAll(world);
  },
  'may not read': (world) => {
    world.from.denied.add('s3:GetObject');
    return world.source.headObject('plain');
  },
  'may not read tags': (world) => {
    world.from.denied.add('s3:GetObjectTagging');
    return world.source.readTags('plain');
  },
};

const WRITES: Readonly<Record<string, Act>> = {
  'copies an object with all that it has': (world) =>
    world.destination.copyObject(copyOf('headers', eTagOf(world, 'folder/headers'))),
  'copies tags': (world) =>
    world.destination.copyObject(copyOf('a key & <ü> %', eTagOf(world, 'folder/a key & <ü> %'))),
  'leaves tags out': (world) =>
    world.destination.copyObject({ ...copyOf('a key & <ü> %', eTagOf(world, 'folder/a key & <ü> %')), tags: 'ignore' }),
  'copies with other headers and another class': async (world) => {
    const { attributes } = await world.source.headObject('headers');
    const request = { ...copyOf('headers', eTagOf(world, 'folder/headers')), storageClass: 'STANDARD_IA', attributes };
    return world.destination.copyObject(request);
  },
  'copies with the redirect of a website': (world) =>
    world.destination.copyObject({ ...copyOf('plain', eTagOf(world, 'folder/plain')), websiteRedirect: '/elsewhere' }),
  'copies no other version': ({ destination }) => destination.copyObject(copyOf('plain', 'other')),
  'copies nothing that is not there': ({ destination }) => destination.copyObject(copyOf('none', 'other')),
  'copies nothing that is archived': (world) =>
    world.destination.copyObject(copyOf('archived', eTagOf(world, 'folder/archived'))),
  'copies only if the destination has nothing there': (world) => {
    world.to.put('plain', 'in the way');
    const request = copyOf('plain', eTagOf(world, 'folder/plain'));
    return world.destination.copyObject({ ...request, destination: 'absent' });
  },
  'copies over the version that it names': (world) => {
    const { eTag } = world.to.put('plain', 'old');
    return world.destination.copyObject({ ...copyOf('plain', eTagOf(world, 'folder/plain')), destination: { eTag } });
  },
  'copies over no other version': (world) => {
    world.to.put('plain', 'changed');
    const request = copyOf('plain', eTagOf(world, 'folder/plain'));
    return world.destination.copyObject({ ...request, destination: { eTag: '0'.repeat(32) } });
  },
  'copies over nothing that is gone': (world) => {
    const request = copyOf('plain', eTagOf(world, 'folder/plain'));
    return world.destination.copyObject({ ...request, destination: { eTag: '0'.repeat(32) } });
  },
  'copies nothing to a key that is too long': async (world) => {
    const key = 'k'.repeat(1020);
    world.from.put(`folder/${key}`.slice(0, 1024), 'x');
    return world.destination.copyObject(copyOf(key, 'other'));
  },
  'copies no more metadata than S3 keeps': async (world) => {
    const attributes = { metadata: { large: 'x'.repeat(2100) } };
    return world.destination.copyObject({ ...copyOf('plain', eTagOf(world, 'folder/plain')), attributes });
  },
  'copies to no class that S3 does not have': (world) =>
    world.destination.copyObject({ ...copyOf('plain', eTagOf(world, 'folder/plain')), storageClass: 'NONE' }),
  'may not write': (world) => {
    world.to.denied.add('s3:PutObject');
    return world.destination.copyObject(copyOf('plain', eTagOf(world, 'folder/plain')));
  },
  'may not use the key': (world) => {
    world.from.denied.add('kms:Decrypt');
    return world.destination.copyObject(copyOf('kms', eTagOf(world, 'folder/kms')));
  },
  'deletes many objects, some of them odd': (world) => {
    const keys = ['a', 'b & <c>', '\u0001', ' ', 'kept'];
    for (const key of keys) world.to.put(key, 'x');
    const requests = keys.map((key) => ({ key, eTag: key === 'kept' ? '0'.repeat(32) : world.to.get(key)?.eTag }));
    return failuresOf(world.destination)(requests);
  },
  'deletes what is confirmed': (world) => {
    for (const key of ['a', 'b']) world.to.put(key, 'x');
    return failuresOf(world.destination)([{ key: 'a' }, { key: 'b' }], ([first]) => (first ? [first] : []));
  },
  'deletes what is not there': ({ destination }) => failuresOf(destination)([{ key: 'none' }]),
  'deletes nothing under a condition that is not there': ({ destination }) =>
    failuresOf(destination)([{ key: 'none', eTag: '0'.repeat(32) }]),
  'may not delete': (world) => {
    world.to.put('a', 'x');
    world.to.denied.add('s3:DeleteObject');
    return failuresOf(world.destination)([{ key: 'a' }]);
  },
  'hides an object where versions are kept': (world) => {
    world.to.versioning = 'Enabled';
    world.to.put('a', 'x');
    return failuresOf(world.destination)([{ key: 'a' }]);
  },
};

const UPLOADS: Readonly<Record<string, Act>> = {
  'completes an upload': async (world) => {
    const { uploads, uploaded, uploadId: _id, ...rest } = await upload(world, 2);
    return [uploaded, await uploads.complete({ ...rest, uploadId: _id, parts: uploaded })];
  },
  'completes an upload only if the destination has nothing there': async (world) => {
    world.to.put('parts', 'in the way');
    const { uploads, uploaded, ...rest } = await upload(world, 2);
    return uploads.complete({ ...rest, parts: uploaded, destination: 'absent' });
  },
  'completes no upload of another size': async (world) => {
    const { uploads, uploaded, ...rest } = await upload(world, 2);
    return uploads.complete({ ...rest, parts: uploaded, sizeBytes: 1 });
  },
  'completes no upload with a part that was not uploaded': async (world) => {
    const { uploads, uploaded, ...rest } = await upload(world, 1);
    const more = uploaded.map((part) => ({ ...part, part: 2 }));
    return uploads.complete({ ...rest, parts: [...uploaded, ...more] });
  },
  'completes no upload with a wrong checksum': async (world) => {
    const { uploads, uploaded, ...rest } = await upload(world, 2);
    return uploads.complete({ ...rest, parts: uploaded, checksums: { SHA256: `${'A'.repeat(43)}=` } });
  },
  'completes no upload that has ended': async (world) => {
    const { uploads, uploaded, key, uploadId, ...rest } = await upload(world, 1);
    await uploads.abort(key, uploadId);
    return uploads.complete({ ...rest, key, uploadId, parts: uploaded });
  },
  'lists the parts of an upload': async (world) => {
    const { uploads, key, uploadId } = await upload(world, 2);
    return uploads.listParts(key, uploadId);
  },
  'lists no parts of an upload that has ended, and ends it once more': async (world) => {
    const { uploads, key, uploadId } = await upload(world, 1);
    await uploads.abort(key, uploadId);
    await uploads.abort(key, uploadId);
    return uploads.listParts(key, uploadId);
  },
  'copies no part of another version': async (world) => {
    const { uploads, key, uploadId } = await upload(world, 0);
    return uploads.copyPart({ key, uploadId, part: 1, sourceETag: 'other', sizeBytes: 1 });
  },
  'copies no part into an upload that has ended': async (world) => {
    const { uploads, key } = await upload(world, 0);
    return uploads.copyPart({ key, uploadId: 'none', part: 1, sourceETag: 'other', sizeBytes: 1 });
  },
};

const PROBES: Readonly<Record<string, Act>> = {
  'asks whether a bucket is a website': ({ probes }) => probes.isWebsite('source'),
  'asks whether a bucket without a website is one': ({ probes }) => probes.isWebsite('destination'),
  'may not ask whether a bucket is a website': (world) => {
    world.from.denied.add('s3:GetBucketWebsite');
    return world.probes.isWebsite('source');
  },
  'asks whether a bucket uses ACLs': ({ probes }) => probes.usesAcls(),
  'finds a bucket that is older than the ownership of objects': (world) => {
    world.to.ownership = undefined;
    return world.probes.usesAcls();
  },
  'may not ask about ACLs': (world) => {
    world.to.denied.add('s3:GetBucketOwnershipControls');
    return world.probes.usesAcls();
  },
  'reads one byte': ({ probes }) => probes.readObject('plain'),
  'reads no byte of what is archived': ({ probes }) => probes.readObject('archived'),
  'copies nothing': ({ probes }) => probes.copyNothing('plain', 'probe', 'absent'),
  'may copy nothing': (world) => {
    world.to.denied.add('s3:PutObject');
    return world.probes.copyNothing('plain', 'probe', 'present');
  },
  'tries a write': ({ probes }) => probes.acceptsWrite('probe', { sse: 'aws:kms', storageClass: 'STANDARD_IA' }),
  'tries a write that is refused': ({ probes }) => probes.acceptsWrite('probe', { storageClass: 'NONE' }),
  'restores nothing': ({ probes }) => probes.restoreNothing('none'),
  'deletes nothing': ({ probes }) => probes.deleteNothing('none'),
  'finds a region': ({ findRegion, from }) => findRegion(from.name, undefined, '', undefined, 'source'),
  'finds no bucket': ({ findRegion }) => findRegion('none', undefined, '', undefined, 'source'),
};

const LOCKS: Readonly<Record<string, Act>> = {
  'finds no lock': ({ lock }) => lock.read(),
  'writes a lock once, and reads it': async ({ lock }) => {
    const wrote = [await lock.write('mine', undefined), await lock.write('yours', undefined)];
    const { now = 0, writtenAt = 0, ...found } = (await lock.read()) ?? {};
    return { wrote, found, isYoung: now - writtenAt < 60_000 };
  },
  'writes over the version that it read, and over no other': async ({ lock }) => {
    await lock.write('mine', undefined);
    const { version = '' } = (await lock.read()) ?? {};
    return [await lock.write('mine again', version), await lock.write('yours', version)];
  },
  'removes the version that it read, and no other': async ({ lock }) => {
    await lock.write('mine', undefined);
    const { version = '' } = (await lock.read()) ?? {};
    return [await lock.remove(`"${'0'.repeat(32)}"`), await lock.remove(version), (await lock.read())?.body];
  },
  'empties a lock that it may not delete': async (world) => {
    world.to.denied.add('s3:DeleteObject');
    await world.lock.write('mine', undefined);
    const { version = '' } = (await world.lock.read()) ?? {};
    return [await world.lock.remove(version), (await world.lock.read())?.body];
  },
  'may not write a lock': (world) => {
    world.to.denied.add('s3:PutObject');
    return world.lock.write('mine', undefined);
  },
};

describe('a bucket in memory does the same as over HTTP', () => {
  it.each(Object.entries({ ...READS, ...WRITES, ...UPLOADS, ...PROBES }))('when it %s', (_what, act) =>
    expectSame(act),
  );

  // over HTTP the server may be another one, so that there are more requests
  it.each(Object.entries(LOCKS))('when it %s', (_what, act) => expectSame(act, { requests: false }));

  it.each([
    ['encryption', { sse: 'AES256' }],
    ['a key', { sse: 'aws:kms', sseKmsKeyId: 'arn:aws:kms:us-east-1:1:key/2' }],
    ['the owner of each bucket', { sourceOwner: '123456789012', destinationOwner: '123456789012' }],
    ['an owner who it is not', { sourceOwner: '000000000000' }],
    ['a requester who pays', { requestPayer: 'requester' }],
  ])('when the input asks for %s', async (_what, input) => {
    await expectSame(WRITES['copies tags'] as Act, { input });
    await expectSame(UPLOADS['completes an upload'] as Act, { input });
    await expectSame(READS['lists all pages'] as Act, { input });
  });
});

describe('a bucket in memory fails as over HTTP', () => {
  const CODES: readonly (readonly [status: number, code: string])[] = [
    ...[[403, 'AccessDenied'] as const, [403, 'QuotaExceeded'] as const, [403, 'InvalidObjectState'] as const],
    ...[[404, 'NoSuchKey'] as const, [404, 'NoSuchBucket'] as const, [404, 'NoSuchUpload'] as const],
    ...[[400, 'InvalidRequest'] as const, [400, 'KMS.DisabledException'] as const, [400, 'ExpiredToken'] as const],
    ...[[412, 'PreconditionFailed'] as const, [416, 'InvalidPartNumber'] as const, [501, 'NotImplemented'] as const],
    ...[[500, 'InternalError'] as const, [503, 'SlowDown'] as const, [200, 'InternalError'] as const],
  ];
  const once: Readonly<Record<string, Act>> = {
    headObject: ({ source }) => source.headObject('plain'),
    headPart: ({ source }) => source.headPart('plain', 1),
    listPartSizes: ({ source }) => source.listPartSizes({ key: 'parts', eTag: 'any' }),
    readTags: ({ source }) => source.readTags('plain'),
    restoreObject: ({ source }) => source.restoreObject({ key: 'archived', tier: 'Bulk', days: 1 }),
    listPage: ({ source }) => source.listPage({}),
    copyObject: ({ destination }) => destination.copyObject(copyOf('plain', 'any')),
    'uploads.create': ({ destination }) =>
      destination.uploads.create({
        ...{ key: 'plain', attributes: { metadata: {} }, storageClass: 'STANDARD' },
        tags: [{ name: 'team', value: 'red' }],
      }),
    'uploads.copyPart': ({ destination }) =>
      destination.uploads.copyPart({ key: 'plain', uploadId: 'any', part: 1, sourceETag: 'any', sizeBytes: 1 }),
    'uploads.listParts': ({ destination }) => destination.uploads.listParts('plain', 'any'),
    'uploads.complete': ({ destination }) =>
      destination.uploads.complete({ key: 'plain', uploadId: 'any', parts: [], sizeBytes: 1 }),
    'uploads.abort': ({ destination }) => destination.uploads.abort('plain', 'any'),
  };

  it.each(Object.entries(once))('in %s, whatever S3 answers', async (_method, act) => {
    const isHead = (await operationsOf(act)).every((operation) => operation.startsWith('Head'));
    // the answer to HEAD has no body, so no error stands under its status 200
    const codes = CODES.filter(([status]) => !(isHead && status === 200));
    for (const [status, code] of codes) await expectSame(act, { leave: true }, { status, code, message: 'No.' });
  });

  it('in deleteObjects, whatever S3 answers for good', async () => {
    const act: Act = ({ destination }) => failuresOf(destination)([{ key: 'a' }, { key: '\u0001' }]);
    const lasting = CODES.filter(([status]) => status >= 400 && status < 500);
    for (const [status, code] of lasting) await expectSame(act, {}, { status, code, message: 'No.' });
  });
});
