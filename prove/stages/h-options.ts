import { CopyObjectCommand, HeadBucketCommand } from '@aws-sdk/client-s3';
import { BucketRequests } from '../../lambdas/s3/client/bucket-requests';
import type { Assumption, Stage } from '../assumption';
import { callJson } from '../aws-call';
import type { Lab } from '../lab';
import { outcome, outcomes } from '../outcome';
import { ACROSS_REGIONS_USD_PER_BYTE } from '../spending';
import { assemble, MIB, type Piece, repeat } from './assemble';

const WHOLE: Piece = [0, 6];
/** The speed that bucketsync assumes when it decides whether there is time left for a copy. */
const SLOWEST_MIB_PER_S = 20;
const FAST_ENOUGH = `at least ${SLOWEST_MIB_PER_S} MiB/s`;
const ACROSS_PARTS = 34;
const LOAD = 20_000;
const AT_ONCE = 256;
/**
 * A key costs a dollar a month, for each hour until its deletion is scheduled. A proof keeps it for less than two hours.
 */
const KMS_KEY_USD = 2 / 730;
/** The KMS requests of S3 for each object under the key. */
const KMS_REQUEST_USD = 0.03 / 10_000;

async function bucketElsewhere(lab: Lab): Promise<string> {
  return lab.bucket('elsewhere', lab.options.secondRegion);
}

/** How fast S3 copies an object of the source in one request: at least as fast as expected, or how fast. */
async function speedOfCopy(lab: Lab, prefix: string, key: string, role: string): Promise<string> {
  const isElsewhere = role === 'elsewhere';
  const client = lab.clientOf((isElsewhere && lab.options.secondRegion) || lab.region);
  const { source } = await lab.pair({ role: 'source', prefix });
  const { destination } = await lab.pair({ role: 'source', prefix }, { role, prefix: '' }, { client });
  const { eTag, sizeBytes } = await source.headObject(key);
  if (isElsewhere) lab.spending.add('between Regions', sizeBytes * ACROSS_REGIONS_USD_PER_BYTE);
  lab.spending.addStorage(sizeBytes);
  const start = performance.now();
  await destination.copyObject({ key, sourceETag: eTag, storageClass: 'STANDARD', tags: 'copy' });
  const speed = sizeBytes / MIB / ((performance.now() - start) / 1000);
  return speed >= SLOWEST_MIB_PER_S ? FAST_ENOUGH : `${speed.toFixed(1)} MiB/s`;
}

interface Key {
  readonly KeyMetadata: { readonly KeyId: string; readonly Arn: string };
}

function keyOf(lab: Lab): Promise<string> {
  const { name, region, signing } = lab;
  return lab.shared('key', async () => {
    lab.spending.add('KMS', KMS_KEY_USD);
    const Tags = [{ TagKey: 'bucketsync-prove', TagValue: name }];
    const { KeyMetadata } = await lab.make({ kind: 'key', name, region }, () =>
      callJson<Key>(signing, 'kms', 'CreateKey', { Description: name, Tags }),
    );
    return KeyMetadata.Arn;
  });
}

async function copyUnderKey(lab: Lab): Promise<{ from: string; to: string }> {
  const SSEKMSKeyId = await keyOf(lab);
  lab.spending.add('KMS', KMS_REQUEST_USD);
  await lab.put('source', 'secret', 'content');
  const settings = { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId };
  const { source, destination } = await lab.pair(undefined, undefined, {}, settings);
  const { eTag } = await source.headObject('secret');
  const to = await destination.copyObject({ key: 'secret', sourceETag: eTag, storageClass: 'STANDARD', tags: 'copy' });
  return { from: eTag, to };
}

const acrossRegions: Assumption[] = [
  {
    id: 'H1',
    says: 'A bucket of another Region is reached from here',
    source: 'AWS: HeadBucket; bucketsync: bucket-requests.ts follows redirects',
    expected: 'ok',
    option: 'secondRegion',
    async observe(lab) {
      const bucket = await bucketElsewhere(lab);
      return outcome(BucketRequests.of(lab.client, bucket).send(new HeadBucketCommand({ Bucket: bucket })));
    },
  },
  {
    id: 'H2',
    says: 'S3 copies from Region to Region, fast enough',
    source: 'bucketsync: the time that a copy of one request is given',
    expected: FAST_ENOUGH,
    option: 'secondRegion',
    estimate: { requests: 40, usd: 0.03 },
    async observe(lab) {
      await bucketElsewhere(lab);
      await assemble(
        lab,
        'across',
        Array.from({ length: ACROSS_PARTS }, () => WHOLE),
      );
      return speedOfCopy(lab, 'parts/', 'across', 'elsewhere');
    },
  },
];

const large: Assumption = {
  id: 'H3',
  says: 'One CopyObject copies nearly 5 GiB, fast enough',
  source: 'AWS: CopyObject, up to 5 GB; bucketsync: the time that a copy of one request is given',
  expected: FAST_ENOUGH,
  option: 'large',
  estimate: { requests: 130, usd: 0.03 },
  async observe(lab) {
    await assemble(
      lab,
      'first',
      Array.from({ length: 100 }, () => WHOLE),
    );
    await repeat(lab, 'first', 8);
    return speedOfCopy(lab, 'repeated/', 'first', 'destination');
  },
};

const kms: Assumption[] = [
  {
    id: 'H4',
    says: 'A copy under a KMS key has an ETag that says nothing about its content',
    source: 'AWS: Common response headers, ETag; bucketsync: compare.ts',
    expected: 'another ETag',
    option: 'kms',
    estimate: { requests: 10, usd: KMS_KEY_USD },
    async observe(lab) {
      const { from, to } = await copyUnderKey(lab);
      return from === to ? 'the same ETag' : 'another ETag';
    },
  },
  {
    id: 'H5',
    says: 'A copy under a key that is disabled fails with a code of KMS',
    source: 'AWS: KMS error codes; bucketsync: s3-errors.ts',
    expected: '400 KMS.DisabledException',
    option: 'kms',
    async observe(lab) {
      await callJson(lab.signing, 'kms', 'DisableKey', { KeyId: await keyOf(lab) });
      return outcome(copyUnderKey(lab));
    },
  },
];

const load: Assumption = {
  id: 'H6',
  says: 'What S3 answers to 20,000 copies into one new prefix, as fast as they go',
  source: 'AWS: Optimizing Amazon S3 performance; bucketsync: adaptive-concurrency.ts',
  option: 'load',
  recorded: false,
  estimate: { requests: LOAD, usd: 0.14 },
  async observe(lab) {
    await lab.put('source', 'one', 'content');
    const [from, to] = [await lab.bucket('source'), await lab.bucket('destination')];
    const requests = BucketRequests.of(lab.client, to);
    const copy = (Key: string) => requests.send(new CopyObjectCommand({ Bucket: to, Key, CopySource: `${from}/one` }));
    const [before, start] = [lab.statuses[503] ?? 0, performance.now()];
    const keys = Array.from({ length: LOAD }, (_, index) => `load/${index}`);
    const result = await outcomes(keys, String, (key) => outcome(copy(key)), AT_ONCE);
    const perSecond = Math.round((LOAD / (performance.now() - start)) * 1000);
    const copied = result === 'all' ? 'all copied' : 'not all copied';
    return `${perSecond} a second, ${(lab.statuses[503] ?? 0) - before} times 503, ${copied}`;
  },
};

export const options: Stage = {
  id: 'H',
  title: 'what was asked for besides',
  needs: ['B'],
  options: ['secondRegion', 'large', 'kms', 'load'],
  estimate: { requests: 20, usd: 0 },
  assumptions: [...acrossRegions, large, ...kms, load],
};
