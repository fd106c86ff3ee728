import { estimateRun } from '../../../lambdas/engine/cost/estimate-run';
import { past, useMemoryMirror } from '../../support/memory-mirror';

const mirror = useMemoryMirror();

it('foretells from a plan what the requests of its run cost, for objects that are copied by one request each', async () => {
  const { source, destination, input } = mirror.createPair();
  for (let index = 0; index < 40; index++) source.put(`k${index}`, 'new', { lastModified: past });
  for (let index = 0; index < 60; index++) destination.put(`orphan-${index}`, 'x');
  const options = { serial: true, pageSize: 10 };

  const plan = await mirror.run({ ...input, dryRun: true }, options);
  const run = await mirror.run(input, options);

  const { total, items } = estimateRun({ ...plan, input: { storageClass: 'same' } });
  const { total: spentTotal = 0, items: spent } = run.estimatedCostUsd ?? {};
  expect(run.totals).toMatchObject({ copied: 40, deleted: 60 });
  expect(items.s3Copy).toBeCloseTo(spent?.s3Copy ?? 0, 10);
  // its deletes also ask whether the source still has content, and lacks these keys
  expect(items.s3List).toBeLessThanOrEqual(spent?.s3List ?? 0);
  expect(items.s3List).toBeGreaterThan(0.5 * (spent?.s3List ?? 1));
  expect(total).toBeLessThanOrEqual(spentTotal);
  expect(total).toBeGreaterThan(0.8 * spentTotal);
});

it('foretells what the guard counts, also for copies of another storage class', async () => {
  const { source, input } = mirror.createPair();
  for (let index = 0; index < 40; index++) source.put(`k${index}`, 'new', { lastModified: past });
  const request = { ...input, storageClass: 'GLACIER' as const };

  const plan = await mirror.run({ ...request, dryRun: true });
  const { total, prices } = estimateRun({ ...plan, input: request });

  expect(total).toBeGreaterThan((40 * 0.03) / 1000);
  expect(prices).toEqual(plan.estimatedCostUsd.prices);
  expect((await mirror.run({ ...request, maxCost: total * 0.99 })).error?.name).toBe('CostGuardError');
  expect((await mirror.run({ ...request, maxCost: total * 1.01 })).error).toBeUndefined();
});
