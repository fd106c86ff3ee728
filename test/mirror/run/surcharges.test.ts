import { PRICES, pricesOf } from '../../../lambdas/engine/cost/prices';
import { Surcharges } from '../../../lambdas/engine/cost/surcharges';
import { emptyCounters, type RunSummary } from '../../../statemachine/contract';
import { past, useMemoryMirror } from '../../support/memory-mirror';
import { MIB, putInParts } from '../../support/put-in-parts';

const mirror = useMemoryMirror();

const GIB = 1024 ** 3;
const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);
const object = (storageClass: string, sizeBytes = GIB, ageDays = 1000) => ({
  storageClass,
  sizeBytes,
  lastModified: NOW - ageDays * DAY_MS,
});

/** What it comes to, in US dollars. */
function chargedFor(act: (surcharges: Surcharges) => void) {
  const counters = emptyCounters();
  act(new Surcharges(counters, () => NOW));
  return Object.fromEntries(Object.entries(counters.surcharges ?? {}).map(([kind, nano]) => [kind, nano / 1e9]));
}

/** Of AWS's price list, for 1,000 requests and a GiB, beyond STANDARD's $0.005 and $0.0004. */
describe.each([
  ['STANDARD', 0, 0, 0],
  ['INTELLIGENT_TIERING', 0, 0, 0],
  ['STANDARD_IA', 0.005, 0.0006, 0.01],
  ['ONEZONE_IA', 0.005, 0.0006, 0.01],
  ['GLACIER_IR', 0.015, 0.0096, 0.03],
  ['GLACIER', 0.025, 0, 0],
  ['DEEP_ARCHIVE', 0.045, 0, 0],
  ['SOMETHING_NEW', 0, 0, 0],
  ['constructor', 0, 0, 0],
])('the class %s', (storageClass, write, read, retrieval) => {
  it(`costs $${write} more for 1,000 copies into it, $${read} for 1,000 HEADs, and $${retrieval} for a GiB from it`, () => {
    const charged = chargedFor((surcharges) => {
      for (let index = 0; index < 1000; index++) surcharges.copied(object('STANDARD', 0), storageClass, undefined);
      surcharges.asked({ storageClass }, 1000);
      surcharges.copied(object(storageClass), 'STANDARD', undefined);
    });

    expect(charged.copy ?? 0).toBeCloseTo(write, 8);
    expect(charged.head ?? 0).toBeCloseTo(read, 8);
    expect(charged.retrieval ?? 0).toBeCloseTo(retrieval, 8);
  });
});

it.each([
  ['STANDARD_IA', 12, 12 * 0.005],
  ['GLACIER_IR', 12, 12 * 0.015],
  ['DEEP_ARCHIVE', 1, 0.045],
])('%s charges an object of ten parts for %d requests of its class', (storageClass, _requests, more) => {
  const charged = chargedFor((surcharges) => surcharges.copied(object('STANDARD'), storageClass, 10));

  expect(charged.copy).toBeCloseTo(more / 1000, 9);
});

it.each([
  ['STANDARD', 0, GIB, 0],
  ['STANDARD_IA', 0, GIB, 0.0125],
  ['STANDARD_IA', 15, GIB, 0.0125 / 2],
  ['STANDARD_IA', 30, GIB, 0],
  ['STANDARD_IA', 0, 1, (0.0125 * 128 * 1024) / GIB],
  ['ONEZONE_IA', 29, 2 * GIB, 0.02 / 30],
  ['GLACIER_IR', 30, GIB, 0.004 * 2],
  ['GLACIER', 60, GIB, 0.0036],
  ['DEEP_ARCHIVE', 0, GIB, 0.00099 * 6],
  // a clock that is behind S3's
  ['STANDARD_IA', -5, GIB, 0.0125],
])(
  '%s, deleted or overwritten after %d days with %d bytes, is charged $%d for the rest of its shortest time',
  (storageClass, days, bytes, usd) => {
    const charged = chargedFor((surcharges) => surcharges.ended(object(storageClass, bytes, days)));

    expect(charged.earlyDelete ?? 0).toBeCloseTo(usd, 8);
  },
);

it('charges three millionths of a dollar for a request of S3 to KMS', () => {
  expect(chargedFor((surcharges) => surcharges.askedKms()).kms).toBeCloseTo(0.000003, 12);
});

describe('a run', () => {
  const items = ({ estimatedCostUsd }: RunSummary) => estimatedCostUsd.items;
  const kms = (bucketKey: boolean) => ({
    encryption: { algorithm: 'aws:kms', kmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/customer', bucketKey },
  });

  it('pays for the class of what it copies, overwrites and deletes, and says what it leaves out', async () => {
    const { source, destination, input } = mirror.createPair();
    const recent = new Date();
    source.put('archive', Buffer.alloc(MIB), { lastModified: past, storageClass: 'STANDARD_IA' });
    source.put('replaced', 'new', { lastModified: past, storageClass: 'GLACIER_IR' });
    destination.put('replaced', 'former', { lastModified: recent, storageClass: 'GLACIER_IR' });
    destination.put('orphan', 'x', { lastModified: recent, storageClass: 'DEEP_ARCHIVE' });

    const summary = await mirror.run(input);

    const { copy, other } = summary.totals.requests;
    expect(items(summary).s3Copy).toBeCloseTo((copy + other) * pricesOf('STANDARD').write + (0.005 + 0.015) / 1000, 6);
    expect(items(summary).s3Retrieval).toBeCloseTo(0.01 / 1024, 6);
    expect(summary.totals.surcharges).toMatchObject({ copy: 20_000, earlyDelete: expect.any(Number) });
    expect(summary.estimatedCostUsd.notIncluded).toEqual(expect.arrayContaining(['KMS requests to read the source']));
  });

  it('pays nothing more in STANDARD without a key', async () => {
    const { source, destination, input } = mirror.createPair();
    source.put('new', 'x', { lastModified: past });
    destination.put('orphan', 'x');

    const summary = await mirror.run({ ...input, compare: 'checksum' });

    expect(summary.totals.surcharges).toBeUndefined();
    expect(Object.keys(items(summary))).toEqual(['s3List', 's3Copy', 's3Head']);
  });

  it('charges nothing of the kind for a plan, which overwrites and deletes nothing', async () => {
    const { source, destination, input } = mirror.createPair();
    source.put('new', 'x', { lastModified: past, storageClass: 'GLACIER_IR' });
    destination.put('orphan', 'x', { lastModified: new Date(), storageClass: 'DEEP_ARCHIVE' });

    const summary = await mirror.run({ ...input, dryRun: true });

    expect(summary.totals).toMatchObject({ copied: 1, deleted: 1 });
    expect(summary.totals.surcharges).toBeUndefined();
  });

  it.each([
    ['each object that a key encrypts, by what S3 answers', false, 3 + 1 + 3 + 1],
    ['none where the bucket has a bucket key', true, 0],
  ])('pays KMS for %s', async (_what, bucketKey, asked) => {
    const { source, input } = mirror.createPair({ destination: kms(bucketKey) });
    for (const key of ['a', 'b', 'c']) source.put(key, 'x', { lastModified: past });
    putInParts(source, 'parts', [5 * MIB, 5 * MIB, MIB], { lastModified: past });

    const summary = await mirror.run(input);

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 4 } });
    expect(summary.totals.surcharges?.kms ?? 0).toBe(Math.round(asked * PRICES.kmsRequest * 1e9));
  });
});
