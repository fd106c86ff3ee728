import { setTimeout as delay } from 'node:timers/promises';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { type RequestInfo, type S3Server, startS3 } from '../../local/s3';
import type { RunSummary } from '../../statemachine/contract';
import { type Finished, finished, startCli } from '../support/cli-process';
import { MIB, putInParts } from '../support/put-in-parts';
import { connect, describeObject } from '../support/s3-client';
import { temporaryFolder } from '../support/temporary-folder';
import { compareStates, fillBucket, listBucket, readBucket } from './buckets';
import { SERVER_KINDS, type Server, startServer } from './servers';
import { createSite } from './site';

const MOTO = SERVER_KINDS.find(({ name }) => name === 'moto') as (typeof SERVER_KINDS)[number];

let moto: Server;
let embedded: S3Server;
let there: S3Client;
let here: S3Client;
/** Reports, and what is remembered from run to run. */
const machine = temporaryFolder();

beforeAll(async () => {
  [moto, embedded] = await Promise.all([startServer(MOTO), startS3()]);
  [there, here] = [connect(moto.endpoint), connect(embedded.endpoint)];
});
afterAll(async () => {
  await moto?.stop();
  await embedded?.close();
});
beforeEach(() => {
  embedded.onRequest = undefined;
});

type Place = 'embedded' | 'moto';

const endpointOf = (place: Place) => (place === 'moto' ? moto.endpoint : embedded.endpoint);

function start(from: Place, source: string, to: Place, destination: string) {
  const sides = ['--source-endpoint-url', endpointOf(from), '--destination-endpoint-url', endpointOf(to)];
  const args = ['run', `s3://${source}`, `s3://${destination}`, ...sides, '--json'];
  return startCli(undefined, args, { BUCKETSYNC_REPORT_LOCATION: machine });
}

async function mirror(...places: Parameters<typeof start>): Promise<RunSummary> {
  return summaryOf(await finished(start(...places)));
}

function summaryOf({ exitCode, stdout, stderr }: Finished): RunSummary {
  const summary: RunSummary | undefined = stdout === '' ? undefined : JSON.parse(stdout);
  if (exitCode === 0 && summary) return summary;
  throw new Error(`Exit code ${exitCode}: ${stderr}${JSON.stringify(summary?.error)}`);
}

/** Each key with its ETag, which is that of the parts if an object has any. */
async function eTagsOf(s3: S3Client, bucket: string): Promise<Record<string, string | undefined>> {
  const listed = await listBucket(s3, bucket);
  return Object.fromEntries([...listed].map(([key, eTagAndTime]) => [key, eTagAndTime.split(' ')[0]]));
}

/** Objects with a checksum of each kind. @returns their keys */
async function putWithChecksums(s3: S3Client, Bucket: string): Promise<string[]> {
  const algorithms = ['SHA256', 'CRC32', 'CRC32C', 'SHA1'] as const;
  for (const ChecksumAlgorithm of algorithms) {
    const Body = Buffer.from(`content with ${ChecksumAlgorithm}`);
    await s3.send(new PutObjectCommand({ Bucket, Key: `checksums/${ChecksumAlgorithm}`, Body, ChecksumAlgorithm }));
  }
  const target = { Bucket, Key: 'checksums/of-parts' };
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({ ...target, ChecksumAlgorithm: 'SHA256', Metadata: { kind: 'composite' } }),
  );
  const Parts = [];
  for (const [index, size] of [6 * MIB, 5 * MIB, 7].entries()) {
    const part = { ...target, UploadId, PartNumber: index + 1, Body: Buffer.alloc(size, `part ${index}`) };
    const { ETag, ChecksumSHA256 } = await s3.send(new UploadPartCommand({ ...part, ChecksumAlgorithm: 'SHA256' }));
    Parts.push({ ETag, ChecksumSHA256, PartNumber: index + 1 });
  }
  await s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
  return [...algorithms.map((algorithm) => `checksums/${algorithm}`), 'checksums/of-parts'];
}

describe('objects of every kind', () => {
  const { source: site } = createSite('', MOTO.refusedKeys, 110);
  let checksums: string[];

  beforeAll(async () => {
    await fillBucket(here, 'origin', '', site);
    checksums = await putWithChecksums(here, 'origin');
    await there.send(new CreateBucketCommand({ Bucket: 'data' }));
    embedded.createBucket('data');
  });

  it('reach another server unchanged, and are not copied a second time', async () => {
    const first = await mirror('embedded', 'origin', 'moto', 'data');
    const second = await mirror('embedded', 'origin', 'moto', 'data');

    expect(first).toMatchObject({ totals: { copied: site.length + checksums.length, failed: 0 } });
    expect(second).toMatchObject({ totals: { copied: 0, deleted: 0, failed: 0 } });
    await expectEqual([here, 'origin'], [there, 'data']);
  });

  it('come back unchanged into a bucket of the same name, and are not copied a second time', async () => {
    const first = await mirror('moto', 'data', 'embedded', 'data');
    const second = await mirror('moto', 'data', 'embedded', 'data');

    expect(first).toMatchObject({ totals: { copied: site.length + checksums.length, failed: 0 } });
    expect(second).toMatchObject({ totals: { copied: 0, deleted: 0, failed: 0 } });
    await expectEqual([here, 'origin'], [here, 'data']);
    for (const key of [...checksums, 'parts/3 with space']) {
      expect(await describeWhole(key, 'data')).toEqual(await describeWhole(key, 'origin'));
    }
  });

  async function expectEqual(...[source, destination]: [S3Client, string][]): Promise<void> {
    if (!source || !destination) throw new Error('Expected two sides');
    const [wanted, found] = [await readBucket(...source, ''), await readBucket(...destination, '', isMirrored)];
    expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
    expect(compareStates([...wanted.keys()], wanted, found)).toEqual([]);
    expect(await eTagsOf(...destination)).toMatchObject(await eTagsOf(...source));
  }

  /** Moto tells no checksums of parts, so those of the whole do not come back either. */
  async function describeWhole(key: string, bucket: string): Promise<object> {
    const described = await describeObject(here, bucket, key);
    const isKept = (name: string) => described.parts.length === 0 || !name.startsWith('Checksum');
    return Object.fromEntries(Object.entries(described).filter(([name]) => isKept(name)));
  }

  const isMirrored = (key: string) => !key.startsWith('.bucketsync/');
});

describe('a run that is killed in the middle of a large object', () => {
  const SIZES = [...Array<number>(7).fill(5 * MIB), 9];
  const ALL = SIZES.map((_, index) => index + 1);

  /** Kills a run once three of its parts are there, and holds all others back until then. A request may come again. */
  function killAfterThree(
    child: ReturnType<typeof start>,
    isPart: (request: RequestInfo) => boolean,
    partsThere: () => Promise<number[]>,
  ): void {
    const begun = new Set<string>();
    let isKilling = false;
    embedded.onRequest = async (request) => {
      if (!isPart(request)) return undefined;
      const part = request.query.get('partNumber') ?? request.headers.range ?? '';
      if (begun.size < 3) begun.add(part);
      if (begun.has(part)) return undefined;
      if (isKilling) return 'stall';
      isKilling = true;
      while ((await partsThere()).length < 3) await delay(20);
      child.kill('SIGKILL');
      return 'stall';
    };
  }

  async function partsOfMoto(): Promise<number[]> {
    const { Uploads: [upload] = [] } = await there.send(new ListMultipartUploadsCommand({ Bucket: 'large' }));
    const target = { Bucket: 'large', Key: 'a/large', UploadId: upload?.UploadId };
    const { Parts = [] } = upload ? await there.send(new ListPartsCommand(target)) : {};
    return Parts.map(({ PartNumber = 0 }) => PartNumber);
  }

  it('is finished by the next one, which reads no part again that moto has', async () => {
    const source = embedded.createBucket('large');
    // Moto spoils one kind of checksum of uploads; that has to be known before.
    putInParts(source, 'a/first', [5 * MIB, 1]);
    await there.send(new CreateBucketCommand({ Bucket: 'large' }));
    await mirror('embedded', 'large', 'moto', 'large');
    const { eTag } = putInParts(source, 'a/large', SIZES, { user: { owner: 'me' }, tags: [['team', 'blue']] });
    const isPart = ({ operation, headers: { range = '' } }: RequestInfo) =>
      operation === 'GetObject' && range !== 'bytes=0-0' && range !== '';
    const killed = start('embedded', 'large', 'moto', 'large');
    killAfterThree(killed, isPart, partsOfMoto);
    await finished(killed);
    const present = await partsOfMoto();
    const read = new Set<number>();
    embedded.onRequest = (request) => {
      const [, first] = /^bytes=(\d+)-/.exec(isPart(request) ? (request.headers.range ?? '') : '') ?? [];
      if (first !== undefined) read.add(Number(first) / (5 * MIB) + 1);
      return undefined;
    };

    const summary = await mirror('embedded', 'large', 'moto', 'large');

    expect(summary).toMatchObject({ totals: { copied: 1, failed: 0 } });
    expect(present).toHaveLength(3);
    expect([...read].sort()).toEqual(ALL.filter((part) => !present.includes(part)));
    expect(await eTagsOf(there, 'large')).toMatchObject({ 'a/large': `"${eTag}"` });
    expect(await readBucket(there, 'large', 'a/')).toEqual(await readBucket(here, 'large', 'a/'));
  });

  it('is finished by the next one, which sends no part again, on the way back', async () => {
    const destination = embedded.createBucket('back');
    const isPart = ({ operation, key }: RequestInfo) => operation === 'UploadPart' && key === 'a/large';
    const killed = start('moto', 'large', 'embedded', 'back');
    const partsOfEmbedded = () =>
      [...destination.uploads.values()]
        .filter(({ key }) => key === 'a/large')
        .flatMap(({ parts }) => [...parts.keys()]);
    killAfterThree(killed, isPart, async () => partsOfEmbedded());
    await finished(killed);
    const present = partsOfEmbedded();
    const sent = new Set<number>();
    embedded.onRequest = (request) => {
      if (isPart(request)) sent.add(Number(request.query.get('partNumber')));
      return undefined;
    };

    const summary = await mirror('moto', 'large', 'embedded', 'back');

    expect(summary).toMatchObject({ totals: { failed: 0 } });
    expect(present).toHaveLength(3);
    expect([...sent].sort()).toEqual(ALL.filter((part) => !present.includes(part)));
    expect(await readBucket(here, 'back', 'a/')).toEqual(await readBucket(here, 'large', 'a/'));
    expect(destination.get('a/large')).toMatchObject({ eTag: embedded.bucket('large').get('a/large')?.eTag });
  });
});

it('a source that is written again while it is read reaches the other server as one version', async () => {
  const source = embedded.createBucket('changing');
  putInParts(source, 'parts', [5 * MIB, 5 * MIB, 1], { user: { version: '1' } });
  source.put('whole', Buffer.alloc(3 * MIB, 'first'), { user: { version: '1' }, tags: [['version', '1']] });
  await there.send(new CreateBucketCommand({ Bucket: 'changing' }));
  const changed = new Set<string>();
  embedded.onRequest = ({ operation, key = '', headers: { range = '' } }) => {
    const isSecond = key === 'parts' ? range.startsWith(`bytes=${5 * MIB}-`) : operation === 'GetObjectTagging';
    if (!isSecond || changed.has(key)) return undefined;
    changed.add(key);
    if (key === 'parts') putInParts(source, key, [6 * MIB, 5 * MIB, 2], { user: { version: '2' } });
    else source.put(key, Buffer.alloc(3 * MIB, 'later'), { user: { version: '2' }, tags: [['version', '2']] });
    return undefined;
  };

  const summary = await mirror('embedded', 'changing', 'moto', 'changing');

  expect(summary).toMatchObject({ totals: { copied: 2, failed: 0 } });
  expect(changed.size).toBe(2);
  const states = [await readBucket(here, 'changing', ''), await readBucket(there, 'changing', '')] as const;
  expect(compareStates(['parts', 'whole'], ...states)).toEqual([]);
  expect(states[1].get('parts')).toMatchObject({ metadata: { version: '2' } });
});
