import type { InvalidationRequest, Invalidator } from '../../../lambdas/engine/ports/invalidator';
import type { RunSummary } from '../../../statemachine/contract';
import type { MirrorOptions } from '../../support/any-mirror';
import { DISTRIBUTION } from '../../support/use-cloudfront';
import { ALL, invalidate, useSiteRuns } from './site-runs';

const runs = useSiteRuns();

/** A clock that goes on only while somebody waits. */
function clock(): Pick<NonNullable<MirrorOptions['host']>, 'now' | 'wait'> & { readonly waited: number[] } {
  const waited: number[] = [];
  const start = Date.now();
  return {
    waited,
    now: () => start + waited.reduce((sum, ms) => sum + ms, 0),
    wait: async (ms) => void waited.push(ms),
  };
}

describe('a failure of CloudFront', () => {
  it.each([
    ['NoSuchDistribution', 404],
    ['AccessDenied', 403],
  ])('is a warning: %s', async (code, status) => {
    const { destination, run } = runs.createSite();
    runs.cloudFront.server.faults.push({ status, code }, { status, code });

    const summary = await run({ mode: 'publish' });

    expect(destination.get('gone/old.css')).toBeUndefined();
    expect(summary).toMatchObject({
      status: 'succeeded',
      totals: { copied: 4, deleted: 2 },
      invalidation: { distribution: DISTRIBUTION, paths: 0, ids: [] },
    });
    expect(summary.warnings).toEqual([
      { name: 'not-invalidated', message: expect.stringMatching(new RegExp(`^CloudFront was not told .*${code}`)) },
    ]);
  });

  it.each(['TooManyInvalidationsInProgress', 'Throttling', 'ServiceUnavailable'])(
    'is waited for if it may pass, a minute at most each time: %s',
    async (name) => {
      for (const failures of [3, Number.POSITIVE_INFINITY]) {
        const { run } = runs.createSite();
        const time = clock();
        let left = failures;
        const { create } = runs.cloudFront.invalidator;
        const busy: Invalidator = {
          ...runs.cloudFront.invalidator,
          create: (request) =>
            left-- > 0 ? Promise.reject(Object.assign(new Error('busy'), { name })) : create(request),
        };

        const { warnings, ...summary } = await run({ mode: 'publish' }, { host: { ...time, invalidator: busy } });

        expect(summary).toMatchObject({
          status: 'succeeded',
          invalidation: { paths: failures === 3 ? ALL.length : 0 },
        });
        expect(warnings?.map((warning) => warning.name)).toEqual(failures === 3 ? undefined : ['not-invalidated']);
        expect(time.waited).toEqual(Array(failures === 3 ? 3 : 24).fill(5_000));
      }
    },
  );

  it('before the deletes is made up for at the end', async () => {
    const { run } = runs.createSite();
    runs.cloudFront.server.faults.push({ status: 403, code: 'AccessDenied' });

    const summary = await run({ mode: 'publish' });

    expect(runs.cloudFront.told()).toEqual([ALL]);
    expect(summary.warnings).toBeUndefined();
  });

  it('that says that a name is taken for other paths brings another name', async () => {
    const { run } = runs.createSite();
    const { create } = runs.cloudFront.invalidator;
    const asked: InvalidationRequest[] = [];
    const taken: Invalidator = {
      ...runs.cloudFront.invalidator,
      create: async (request) => {
        asked.push(request);
        if (asked.length === 1) await create({ ...request, items: ['/other'] });
        return create(request);
      },
    };

    await run({}, { host: { invalidator: taken } });

    expect(asked[1]?.reference).toMatch(new RegExp(`^${asked[0]?.reference}-[0-9a-f]{8}$`));
    expect(runs.cloudFront.told()).toEqual([['/other'], ALL]);
  });
});

describe('a run that waits', () => {
  const waiting = { mode: 'publish', invalidate: { ...invalidate, wait: true } } as const;

  it('says that the edges have done it', async () => {
    const { run } = runs.createSite();

    const summary = await run(waiting, { host: clock() });

    expect(summary.invalidation?.completed).toBe(true);
  });

  it('waits a minute at most, twice, and does not fail', async () => {
    const { run } = runs.createSite();
    const time = clock();
    const slow = { ...runs.cloudFront.invalidator, isComplete: async () => false };

    const summary = await run(waiting, { host: { ...time, invalidator: slow } });

    expect(summary).toMatchObject({ status: 'succeeded', invalidation: { paths: 7, completed: false } });
    expect(time.waited.length).toBe(24);
    expect(new Set(time.waited)).toEqual(new Set([5_000]));
  });

  it('goes on if nobody says whether they have', async () => {
    const { run } = runs.createSite();
    const denied = { ...runs.cloudFront.invalidator, isComplete: () => Promise.reject(new Error('denied')) };

    const summary: RunSummary = await run(waiting, { host: { ...clock(), invalidator: denied } });

    expect(summary).toMatchObject({ status: 'succeeded', invalidation: { paths: 7, completed: false } });
    expect(summary.warnings).toBeUndefined();
  });
});
