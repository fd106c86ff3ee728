import { past } from '../../support/memory-mirror';
import { useGraceRuns } from './grace-runs';

const runs = useGraceRuns();
const { mirror } = runs;
afterEach(() => {
  mirror.s3.onRequest = undefined;
});

function createSite() {
  const pair = mirror.createPair();
  for (const key of ['index.html', 'new.js']) pair.source.put(key, 'new', { lastModified: past });
  for (const key of ['index.html', 'old.js']) pair.destination.put(key, 'old', { lastModified: past });
  return { ...pair, input: { ...pair.input, mode: 'publish' } };
}

it.each<[what: string, refused: object, failing: string | undefined]>([
  ['a guard refuses the plan', { maxOverwrites: 0 }, undefined],
  ['an asset cannot be copied', {}, 'new.js'],
  ['a page cannot be copied', {}, 'index.html'],
  ['a page cannot be copied without a plan', { plan: false }, 'index.html'],
])('lets orphans wait from the run on that publishes, if until then %s', async (_what, refused, failing) => {
  const { destination, input } = createSite();
  mirror.s3.onRequest = ({ operation, key }) =>
    operation === 'CopyObject' && key === failing ? { status: 403, code: 'AccessDenied' } : undefined;
  for (const day of [0, 4, 8]) expect((await runs.runOn(day, { ...input, ...refused })).status).toBe('failed');
  mirror.s3.onRequest = undefined;

  expect(await runs.runOn(9, input)).toMatchObject({ status: 'succeeded', totals: { deleted: 0, deferred: 1 } });
  expect(destination.get('old.js')).toBeDefined();
  expect(await runs.runOn(15.9, input)).toMatchObject({ totals: { deleted: 0, deferred: 1 } });
  expect(await runs.runOn(16, input)).toMatchObject({ totals: { deleted: 1 } });
});

it.each([{}, { plan: false }])('keeps the dates of runs before a refused one: %j', async (more) => {
  const { source, input } = createSite();
  await runs.runOn(0, { ...input, ...more });
  source.put('index.html', 'newer', { lastModified: past });
  expect((await runs.runOn(3, { ...input, maxOverwrites: 0 })).error?.name).toBe('OverwriteGuardError');

  expect(await runs.runOn(6.9, { ...input, ...more })).toMatchObject({ totals: { deleted: 0, deferred: 1 } });
  expect(await runs.runOn(7, { ...input, ...more })).toMatchObject({ totals: { deleted: 1 } });
});
