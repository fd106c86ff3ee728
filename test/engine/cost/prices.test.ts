import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { estimateCost } from '../../../lambdas/engine/cost/estimate-cost';
import { PRICES, PRICES_AS_OF, pricesOf, transferGib, transferOut } from '../../../lambdas/engine/cost/prices';
import { emptyCounters, type FinishedPhase, RANGE_MEMORY_MIB } from '../../../statemachine/contract';

const GIB = 1024 ** 3;
const read = (name: string) => readFileSync(join(__dirname, '../../../docs', name), 'utf8').replaceAll(/\s+/g, ' ');

/** A million of each request, and copies of a GiB. */
function phases(): FinishedPhase[] {
  const counters = { ...emptyCounters(), copiedBytes: GIB };
  counters.requests = { ...counters.requests, list: 1e6, copy: 1e6, head: 1e6 };
  const none = { counters: emptyCounters(), rounds: 0, ranges: 0, mapRanges: 0, busyMs: 0 };
  return [{ name: 'sync', copy: { counters, rounds: 1, ranges: 1, mapRanges: 1000, busyMs: 0 }, delete: none }];
}
const within = (region: string) => ({ sourceRegion: region, destinationRegion: region });

describe('the price of a run', () => {
  it.each([
    ['us-east-1', { s3List: 5, s3Copy: 5, s3Head: 0.4 }],
    ['eu-central-1', { s3List: 5.4, s3Copy: 5.4, s3Head: 0.43 }],
    ['ap-northeast-2', { s3List: 4.5, s3Copy: 4.5, s3Head: 0.35 }],
    ['sa-east-1', { s3List: 7, s3Copy: 7, s3Head: 0.56 }],
  ])('is that of its Region: %s', (region, items) => {
    expect(estimateCost(phases(), undefined, within(region))).toMatchObject({
      items,
      prices: { asOf: PRICES_AS_OF, region },
    });
  });

  it('of a state transition differs as well', () => {
    const [here, there] = ['us-east-1', 'sa-east-1'].map(
      (region) => estimateCost(phases(), RANGE_MEMORY_MIB, within(region)).items.stepFunctions ?? 0,
    );
    expect(here).toBeGreaterThan(0);
    expect(there).toBeCloseTo(1.5 * Number(here), 5);
  });

  it.each([['me-south-1'], ['auto'], ['garage'], ['toString'], ['__proto__']])(
    'is that of us-east-1 where bucketsync knows no other, and says so: %s',
    (region) => {
      const { items, prices } = estimateCost(phases(), undefined, within(region));
      expect(items).toMatchObject({ s3List: 5, s3Copy: 5, s3Head: 0.4 });
      expect(prices).toEqual({ asOf: PRICES_AS_OF, region: 'us-east-1' });
    },
  );

  it('between Regions is that of the destination for copies, and the dearer one for lists and HEADs', () => {
    const regions = { sourceRegion: 'sa-east-1', destinationRegion: 'eu-central-1' };
    const { items, prices } = estimateCost(phases(), undefined, regions);
    expect(items).toMatchObject({ s3List: 7, s3Copy: 5.4, s3Head: 0.56, s3Transfer: 0.138 });
    expect(prices?.region).toBe('eu-central-1');
    expect(estimateCost(phases(), undefined, { ...regions, isStreamed: true }).items).not.toHaveProperty('s3Transfer');
  });
});

describe('the prices in the documents', () => {
  const usd = (price: number) => `$${price}`;

  it('have a date', () => {
    expect(new Date(PRICES_AS_OF).toISOString()).toContain(PRICES_AS_OF);
  });

  it('are those of the table: transfer', () => {
    const perGib = [1, 20 * 1024, 100 * 1024, 200 * 1024].map((gib) =>
      Number((transferOut(gib + 1, 'us-east-1') - transferOut(gib, 'us-east-1')).toFixed(4)),
    );
    const [first, ...more] = perGib as [number, ...number[]];
    const steps = [10, 50, 150].map((tib, index) => `above ${tib} TiB ${usd(Number(more[index]))}`);
    expect(read('two-worlds.md')).toContain(`${usd(first)}; ${steps.join(', ')}`);
    expect(read('two-worlds.md')).toContain(usd(transferGib('eu-west-1', 'us-west-2')));
    expect(read('performance.md')).toContain(
      `In the US and Europe this is ${usd(transferGib('eu-west-1', 'us-west-2'))} a GB`,
    );
  });

  it('are those of the table: HEADs instead of lists', () => {
    expect(read('decisions/0031-deletes-are-decided-again.md')).toContain(usd(pricesOf('STANDARD').read * 1000));
  });

  it('are those of the table: a copy', () => {
    expect(read('decisions/0045-fewest-parts-for-a-price.md')).toContain(
      `costs $${pricesOf('STANDARD').write.toFixed(6)}`,
    );
    expect(PRICES.list).toBe(pricesOf('STANDARD').write);
  });
});
