import { type Mirror, past } from './mirror';

/** One new object, one that differs, one orphan and one that is equal. */
export async function createPlanOf(mirror: Mirror, more: object = {}) {
  const pair = mirror.createPair();
  const { source, destination } = pair;
  for (const key of ['changed', 'new', 'same']) source.put(key, `content of ${key}`, { lastModified: past });
  destination.put('changed', 'old', { lastModified: past });
  destination.put('same', 'content of same');
  destination.put('orphan', 'x', { lastModified: past });
  const input = { ...pair.input, ...more };
  const plan = await mirror.run({ ...input, dryRun: true });
  expect(plan).toMatchObject({ status: 'succeeded', keptPlan: { copies: 2, deletes: 1 } });
  mirror.s3.requests.reset();
  return { ...pair, plan, input, apply: { ...input, apply: plan.runId } };
}
