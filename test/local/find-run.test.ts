import { pathToFileURL } from 'node:url';
import { openRunStore } from '../../lambdas/host/run-store/open-run-store';
import { readRunsIn, readSummary } from '../../local/read-report';
import { useMirror } from '../support/mirror';
import { temporaryFolder } from '../support/temporary-folder';

const mirror = useMirror();

const PLACES = [
  ['a folder', () => pathToFileURL(temporaryFolder()).href],
  ['a bucket', () => `s3://${mirror.createPair().source.name}`],
] as const;

describe.each(PLACES)('the reports in %s', (_what, createPlace) => {
  async function createRuns(): Promise<string> {
    const place = createPlace();
    const store = openRunStore(place);
    for (const runId of ['1a2b3c4d-first', '1a2b3c4d-second', '5e6f7a8b-third', '5e6f']) {
      for (const name of ['actions/a', 'report.html', 'summary.json'])
        await store.put(`runs/${runId}/${name}`, JSON.stringify({ runId }));
    }
    return place;
  }

  it.each([
    ['1a2b3c4d-first', '1a2b3c4d-first'],
    ['1a2b3c4d-s', '1a2b3c4d-second'],
    ['5e6f7', '5e6f7a8b-third'],
    ['5e6f', '5e6f'],
    ['9', undefined],
  ])('tell of the run whose id begins with %s', async (start, runId) => {
    expect((await readSummary(start, await createRuns()))?.runId).toBe(runId);
  });

  it.each([['5e6f7a8b-third'], ['1a2b3c4d-first']])('tell of the latest run: %s', async (newest) => {
    const place = await createRuns();
    const store = openRunStore(place);
    const startedAt = '2026-03-14T02:31:15.000Z';
    await store.put('runs/0-other/summary.json', JSON.stringify({ runId: '0-other', startedAt }));
    const later = '2026-03-14T02:31:16.000Z';
    await store.put(`runs/${newest}/summary.json`, JSON.stringify({ runId: newest, startedAt: later }));
    await store.put('runs/unfinished/actions/a', '');
    for (const runId of ['1a2b3c4d-first', '1a2b3c4d-second', '5e6f7a8b-third', '5e6f'].filter((id) => id !== newest))
      await store.put(`runs/${runId}/summary.json`, JSON.stringify({ runId, startedAt }));

    expect((await readSummary('latest', place))?.runId).toBe(newest);
    const runs = await readRunsIn(place);
    expect(runs.slice(0, 2).map(({ runId }) => runId)).toEqual(['unfinished', newest]);
    expect(runs).toHaveLength(6);
  });

  it('tell of a run that is called latest', async () => {
    const place = await createRuns();
    await openRunStore(place).put('runs/latest/summary.json', JSON.stringify({ runId: 'latest' }));
    expect((await readSummary('latest', place))?.runId).toBe('latest');
  });

  it('ask for more of an id with which two begin', async () => {
    await expect(readSummary('1a2b3c4d', await createRuns())).rejects.toMatchObject({
      name: 'InvalidInputError',
      message: expect.stringContaining('those of 2 runs begin: 1a2b3c4d-first, 1a2b3c4d-second. Add some characters'),
    });
  });
});
