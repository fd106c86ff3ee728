import { foretellSeconds } from '../../local/foretell-time';
import { parseSyncInput } from '../../statemachine/input/parse-sync-input';

const NOTHING = { copied: 0, copiedBytes: 0, deleted: 0, listedInMs: 0, largestBytes: 0 };
const MIRROR = parseSyncInput({ source: 'staging', destination: 'production' });
const HERE = { sourceRegion: 'eu-west-1', destinationRegion: 'eu-west-1' };
const ACROSS = { ...HERE, destinationRegion: 'us-east-1' };
const GB = 1_000_000_000;

describe('the time that a run is likely to take', () => {
  it.each<[what: string, found: Partial<typeof NOTHING>, settings: Partial<typeof MIRROR>, seconds: number]>([
    ['that of its list pages, as the plan has measured it', { listedInMs: 12_000 }, {}, 12],
    ['and that of many small copies', { listedInMs: 2_000, copied: 100_000, copiedBytes: 1_000 }, {}, 52],
    ['or of many bytes', { copied: 1_000, copiedBytes: 12_800 * GB }, {}, 1000],
    [
      'with the requests that it may have open',
      { copied: 1_000, copiedBytes: 12_800 * GB },
      { requestConcurrency: 64 },
      4000,
    ],
    ['or of one large object', { copied: 1, copiedBytes: 4 * GB, largestBytes: 4 * GB }, {}, 80],
    ['which goes in parts above 5 GiB', { copied: 1, copiedBytes: 5000 * GB, largestBytes: 5000 * GB }, {}, 391],
    ['or of deletes at the same time', { copied: 20_000, deleted: 100_000 }, {}, 50],
    ['which come after the copies of a publish', { copied: 20_000, deleted: 100_000 }, { mode: 'publish' }, 60],
    ['and that of listing once more to verify', { listedInMs: 8_000, copied: 2_000 }, { verify: true }, 17],
    ['which an equal destination does not take', { listedInMs: 8_000 }, { verify: true }, 8],
  ])('is %s', (_what, found, settings, seconds) => {
    expect(foretellSeconds({ ...NOTHING, ...found }, { ...MIRROR, ...settings }, HERE)).toBe(seconds);
  });

  it('is longer between two Regions', () => {
    const found = { ...NOTHING, copied: 1, copiedBytes: 4 * GB, largestBytes: 4 * GB };

    expect(foretellSeconds(found, MIRROR, ACROSS)).toBe(200);
  });

  it('is not foretold if the objects pass through the machine of the run', () => {
    expect(foretellSeconds(NOTHING, MIRROR, { ...HERE, streamedFrom: 'AWS' })).toBeUndefined();
  });
});
