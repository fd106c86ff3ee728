import { randomUUID } from 'node:crypto';
import { openRunStore } from '../../../lambdas/host/run-store/open-run-store';
import type { RequestHook } from '../../../local/s3';
import { past, useMirror } from '../../support/mirror';

const mirror = useMirror();

/** The page of a proxy instead of each file with dates, the first times that it is asked for. */
function hiding(times: number): RequestHook {
  const asked = new Map<string, number>();
  return ({ operation, key = '' }) => {
    const count = (asked.get(key) ?? 0) + 1;
    asked.set(key, count);
    const isHidden = operation === 'GetObject' && key.startsWith('grace/') && count <= times;
    return isHidden ? { status: 200, page: '<html>Log in' } : undefined;
  };
}

it.each([
  ['for a moment', 1, 'succeeded'],
  ['all the time', Number.POSITIVE_INFINITY, 'failed'],
] as const)('loses no date of an orphan if a proxy answers for the report bucket %s', async (_when, times, status) => {
  const reports = mirror.s3.createBucket(`reports-${randomUUID().slice(0, 8)}`);
  const host = { runStore: openRunStore(`s3://${reports.name}`) };
  const { source, destination, input } = mirror.createPair();
  source.put('a', 'x', { lastModified: past });
  for (const key of ['a', 'orphan']) destination.put(key, 'x', { lastModified: past });
  const runOn = (day: number) =>
    mirror.run({ ...input, deleteAfter: '7d' }, { host, startedAt: new Date(Date.UTC(2026, 5, 1 + day)) });
  await runOn(0);

  mirror.s3.onRequest = hiding(times);
  const { warnings, ...summary } = await runOn(7);
  mirror.s3.onRequest = undefined;

  expect(summary).toMatchObject({ status });
  expect(warnings ?? []).toEqual([]);
  expect(destination.get('orphan') === undefined).toBe(status === 'succeeded');
  await runOn(8);
  expect(destination.get('orphan')).toBeUndefined();
});
