import type { Versioning } from '../../../local/s3/bucket';
import type { RunSummary } from '../../../statemachine/contract';
import { past, useMirror } from '../../support/mirror';
import { putInParts } from '../../support/put-in-parts';
import { reportLines } from '../../support/report-lines';

const mirror = useMirror();

/** A key that XML cannot carry, so it is deleted alone. */
const ODD = 'odd \u0001';

/** Copies by one request and in parts, overwrites, and deletes together and alone. */
function createWork(versioning?: Versioning) {
  const pair = mirror.createPair({ destination: { versioning } });
  const { source, destination } = pair;
  source.put('new', 'new', { lastModified: past });
  source.put('changed', 'changed', { lastModified: past });
  putInParts(source, 'parts', [5 * 1024 ** 2, 100], { lastModified: past });
  destination.put('changed', 'before');
  for (const key of ['orphan', 'orphan too', ODD]) destination.put(key, 'orphan');
  const run = () =>
    mirror.run(
      { ...pair.input, maxDeletes: 10 },
      { host: { multipart: { maxCopyBytes: 1024 ** 2, partBytes: 5 * 1024 ** 2 } } },
    );
  return { ...pair, run };
}

function versionsIn(summary: RunSummary): Record<string, string | undefined> {
  const lines = reportLines(summary, 'actions').filter(({ outcome }) => outcome === 'done');
  return Object.fromEntries(lines.map(({ key, versionId }) => [key, versionId]));
}

it('reports as which version the destination keeps each copy and each delete', async () => {
  const { destination, run } = createWork('Enabled');
  const summary = await run();
  expect(summary).toMatchObject({
    status: 'succeeded',
    keepsVersions: true,
    totals: { copied: 3, deleted: 3, versions: 6 },
  });
  const keys = ['changed', 'new', ODD, 'orphan', 'orphan too', 'parts'];
  expect(versionsIn(summary)).toEqual(
    Object.fromEntries(keys.map((key) => [key, destination.current(key)?.versionId])),
  );
});

it.each(['Suspended', undefined] as const)(
  'reports no version if the destination keeps none: %s',
  async (versioning) => {
    const { run } = createWork(versioning);
    const summary = await run();
    expect(summary).toMatchObject({ status: 'succeeded', keepsVersions: false });
    expect(summary.totals.versions).toBeUndefined();
    expect(Object.values(versionsIn(summary))).toEqual(Array(6).fill(undefined));
  },
);

it('sends no request more to learn the versions', async () => {
  const requests = [];
  for (const versioning of ['Enabled', undefined] as const) {
    const { run } = createWork(versioning);
    requests.push((await run()).totals.requests);
  }
  expect(requests[0]).toEqual(requests[1]);
});

it('reports the version of a copy whose answer was lost', async () => {
  const { source, destination, input } = mirror.createPair({ destination: { versioning: 'Enabled' } });
  source.put('a', 'a', { lastModified: past });
  let lost = false;
  mirror.s3.onRequest = ({ operation }) => {
    if (operation !== 'CopyObject' || lost) return undefined;
    lost = true;
    return { after: 'reset' };
  };
  const summary = await mirror.run({ ...input, conditional: true });
  expect(summary.status).toBe('succeeded');
  expect(versionsIn(summary)).toEqual({ a: destination.current('a')?.versionId });
});
