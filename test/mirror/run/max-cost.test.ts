import { contentsOf } from '../../support/contents';
import { past, useMemoryMirror } from '../../support/memory-mirror';
import { type Amounts, createGuardedPair, writesTo } from './guarded-pair';

const mirror = useMemoryMirror();
const createPair = (amounts: Amounts) => createGuardedPair(mirror, amounts);
const writes = () => writesTo(mirror);

describe('maxCost', () => {
  it.each<[what: string, amounts: Amounts, more: object, isAllowed: boolean]>([
    ['100 copies for half a thousandth of a dollar', { created: 100 }, { maxCost: 0.0004 }, false],
    ['100 copies for half a thousandth of a dollar', { created: 100 }, { maxCost: 0.0006 }, true],
    [
      'copies into a class with dearer requests',
      { created: 100 },
      { maxCost: 0.0006, storageClass: 'GLACIER_IR' },
      false,
    ],
    ['a mirror that only lists', { same: 100 }, { maxCost: 0.0001 }, true],
    ['copies that are only planned', { created: 100 }, { maxCost: 0.0004, dryRun: true }, false],
  ])('judges before the first write %s: %j with %j', async (_what, amounts, more, isAllowed) => {
    const { destination, input } = createPair(amounts);

    const summary = await mirror.run({ ...input, ...more });

    if (isAllowed) return expect(summary.status).toBe('succeeded');
    expect(summary).toMatchObject({ status: 'failed', error: { name: 'CostGuardError' } });
    expect(contentsOf(destination).size).toBe(0);
    return expect(writes()).toEqual([]);
  });

  it('says in its error what the run would cost, and how to allow that', async () => {
    const { input } = createPair({ created: 100 });

    const { error } = await mirror.run({ ...input, maxCost: 0.0001 });

    expect(error?.message).toMatch(/^The run would cost at least \$0\.0005 \(S3 copy \$0\.0005\) at list prices/);
    const [, enough] = error?.message.match(/`--max-cost (\S+)`$/) ?? [];
    expect(await mirror.run({ ...input, maxCost: Number(enough) })).toMatchObject({ status: 'succeeded' });
  });

  it('includes the bytes that leave a Region', async () => {
    const far = mirror.s3.createBucket('far', { region: 'sa-east-1' });
    for (let index = 0; index < 10; index++) far.put(`${index}`, 'x'.repeat(1024 ** 2), { lastModified: past });
    const { input } = mirror.createPair();
    const request = { ...input, source: far.name, maxCost: 0.001 };

    expect(await mirror.run(request)).toMatchObject({ error: { name: 'CostGuardError' } });
    expect(await mirror.run({ ...request, maxCost: 0.01 })).toMatchObject({ status: 'succeeded' });
  });

  describe('counts the paths that the run would invalidate', () => {
    const invalidate = { distribution: 'EDFDVBD6EXAMPLE' };

    it.each<[what: string, more: object, paths: number]>([
      ['a mirror, at its end', {}, 5],
      ['new objects if asked', { invalidate: { ...invalidate, newPaths: true } }, 6],
      ['tags', { invalidate: { ...invalidate, tags: ['#a', '#b'] } }, 7],
      ['given paths', { invalidate: { ...invalidate, paths: ['/*'] } }, 1],
      ['folders of many', { invalidate: { ...invalidate, maxPaths: 1 } }, 1],
      ['a publish, before its deletes and after them', { mode: 'publish', order: ['changed-*'] }, 5],
      ['what no longer is there', { delete: false }, 2],
    ])('of %s', async (_what, more, paths) => {
      const { destination, input } = createPair({ same: 5, changed: 2, created: 1, orphans: 3 });
      const before = contentsOf(destination);
      const request = { ...input, invalidate, ...more };

      const refused = await mirror.run({ ...request, maxCost: paths * 0.005 });
      const planned = await mirror.run({ ...request, maxCost: 0.001 + paths * 0.005, dryRun: true });

      expect(refused.error).toMatchObject({ name: 'CostGuardError' });
      expect([contentsOf(destination), writes()]).toEqual([before, []]);
      expect(planned).toMatchObject({ status: 'succeeded', invalidation: { paths } });
    });

    it('also of a plan that is applied, which was made without that', async () => {
      const { destination, input } = createPair({ same: 5, changed: 2, orphans: 3 });
      const before = contentsOf(destination);
      const { runId } = await mirror.run({ ...input, dryRun: true });

      const summary = await mirror.run({ ...input, apply: runId, invalidate, maxCost: 0.02 });

      expect(summary.error).toMatchObject({ name: 'CostGuardError' });
      expect(summary.error?.message).toContain(
        'Nothing was written. It would invalidate up to 5 paths at CloudFront; all count, although the first 1,000 of an account in a ' +
          'month are free. If that is right, allow it with',
      );
      expect(contentsOf(destination)).toEqual(before);
    });
  });

  it.each([
    [0, 'an amount of US dollars above 0'],
    [-1, 'an amount of US dollars above 0'],
    ['1', 'a number'],
    [null, 'a number'],
  ])('cannot be %j: it has to be %s', async (maxCost, what) => {
    const { input } = createPair({});
    const { error } = await mirror.run({ ...input, maxCost });
    expect(error).toMatchObject({
      name: 'InvalidInputError',
      message: expect.stringContaining(`Expected \`maxCost\` to be ${what}, got`),
    });
  });
});

it('names amounts that are much less than a cent, so that nobody reads of a limit of nothing', async () => {
  const { source, destination, input } = mirror.createPair();
  source.put('a', 'x', { lastModified: past });
  destination.put('b', 'x', { lastModified: past });

  const { error } = await mirror.run({ ...input, maxCost: 0.00001 });

  expect(error?.message).toMatch(
    /^The run would cost at least \$0\.0000\d+ at list prices, and `maxCost` allows \$0\.00001\. /,
  );
});
