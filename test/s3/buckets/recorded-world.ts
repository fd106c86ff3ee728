import { compareKeys } from '../../../lambdas/engine/keys/compare-keys';
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
import { MIB } from '../../support/put-in-parts';

/** What one world offers for one test: the same two buckets, and all ports to them. */
export interface World extends Buckets {
  readonly s3: S3Server;
  readonly from: Bucket;
  readonly to: Bucket;
  readonly run: Run;
  readonly probes: BucketProbes;
  readonly lock: LockStore;
  readonly findRegion: Host['findRegion'];
  readonly observer: RequestObserver;
}
export type Act = (world: World) => unknown;

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

export interface Options {
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

type Shown = Awaited<ReturnType<typeof show>>;

/** One call may send several deletes at once, which then arrive in any order. */
function inOrder(requests: readonly Shown[]): readonly Shown[] {
  const areDeletes = requests.every(({ operation }) => operation.startsWith('Delete'));
  return areDeletes ? requests.toSorted((a, b) => compareKeys(a.operation, b.operation)) : requests;
}

function isLook({ operation, query }: Shown): boolean {
  return operation === 'ListObjectsV2' && query['encoding-type'] === undefined && query['max-keys'] === '1';
}

/** Everything that can be told of what an act did: its answer or error, its requests, its counts, and what the bucket then holds. */
export async function record(mirror: AnyMirror, act: Act, options: Options = {}, fault?: object) {
  const world = openWorld(mirror, options);
  const requests: Shown[] = [];
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
    requests: options.requests === false ? [] : inOrder(requests),
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
