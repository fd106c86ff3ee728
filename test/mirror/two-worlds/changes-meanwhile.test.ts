import type { Worlds } from '../../../lambdas/engine/ports/worlds';
import { WORLDS } from '../../../lambdas/s3/credentials/worlds';
import { bodyBytes } from '../../../local/s3';
import { openUploads } from '../../support/contents';
import { everyNth } from '../../support/length';
import { past } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';
import { reportLines } from '../../support/report-lines';
import { ATTRIBUTES, expectEqual, useTwoWorlds } from '../../support/two-worlds';

const worlds = useTwoWorlds();

/** The destination is taken for AWS, which it imitates. */
const asAws: Worlds = {
  ...WORLDS,
  describe(...buckets) {
    const sides = WORLDS.describe(...buckets);
    return sides && { ...sides, destination: { isAws: true } };
  },
};

describe('a source that changes meanwhile', () => {
  it.each([
    ['content', 'other content', {}],
    ['headers alone', 'content', { system: { 'cache-control': 'no-store' } }],
    ['tags', 'content', { tags: [['team', 'red']] as [string, string][] }],
  ])('is copied as one version, if it gets other %s before it is read', async (_what, content, more) => {
    const { source, destination, input } = worlds.createPair();
    source.put('a', 'content', ATTRIBUTES);
    let isChanged = false;
    worlds.there.onRequest = ({ operation, key, headers }) => {
      if (operation === 'GetObject' && key === 'a' && headers.range === undefined && !isChanged) {
        isChanged = true;
        source.put('a', content, { ...ATTRIBUTES, ...more, lastModified: new Date() });
      }
      return undefined;
    };

    const summary = await worlds.run(input);

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
    expectEqual(source, destination);
  });

  it.each(['GetObjectTagging', 'HeadObject'])('is copied as one version, if that is at %s', async (at) => {
    const { source, destination, input } = worlds.createPair();
    source.put('a', 'content', ATTRIBUTES);
    let isBegun = false;
    let isChanged = false;
    worlds.there.onRequest = ({ operation, key, headers }) => {
      if (operation === 'GetObject' && headers.range === undefined) isBegun = true;
      if (operation === at && key === 'a' && isBegun && !isChanged) {
        isChanged = true;
        source.put('a', 'content', {
          ...ATTRIBUTES,
          user: { owner: 'else' },
          tags: [['new', 'tag']],
          lastModified: new Date(),
        });
      }
      return undefined;
    };

    expect(await worlds.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });

    expect(isChanged).toBe(true);
    expectEqual(source, destination);
  });

  it('is copied as one version, if that is between two of its parts', async () => {
    const { source, destination, input } = worlds.createPair();
    putInParts(source, 'large', [5 * MIB, 5 * MIB, 1], { lastModified: past });
    let isChanged = false;
    worlds.there.onRequest = ({ operation, headers: { range = '' } }) => {
      if (operation === 'GetObject' && range.startsWith(`bytes=${5 * MIB}-`) && !isChanged) {
        isChanged = true;
        putInParts(source, 'large', [5 * MIB, 6 * MIB, 2], { user: { version: '2' } });
      }
      return undefined;
    };

    expect(await worlds.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });

    expectEqual(source, destination);
  });
});

describe('a destination that changes meanwhile', () => {
  it.each(everyNth(2, ['small', 'large'], 1))('with `conditional` keeps what somebody else wrote: %s', async (key) => {
    const { source, destination, input } = worlds.createPair();
    if (key === 'large') putInParts(source, key, [5 * MIB, 1], { lastModified: past });
    else source.put(key, 'content', { lastModified: past });
    worlds.here.onRequest = ({ operation, key: asked }) => {
      const writes = ['PutObject', 'CompleteMultipartUpload'].includes(operation);
      if (writes && asked === key) destination.put(key, "somebody else's");
      return undefined;
    };

    const summary = await worlds.run({ ...input, conditional: true });

    expect(reportLines(summary, 'failures')).toMatchObject([{ key, reason: 'changed' }]);
    expect(bodyBytes(destination.get(key)?.body as never).toString()).toBe("somebody else's");
    expect(openUploads(destination)).toEqual([]);
  });

  it('with `conditional` accepts a copy whose answer was lost', async () => {
    const { source, destination, input } = worlds.createPair();
    source.put('a', 'content', { lastModified: past });
    let lost = 0;
    worlds.here.onRequest = ({ operation, key }) =>
      operation === 'PutObject' && key === 'a' && lost++ === 0 ? { after: 'reset' } : undefined;

    const summary = await worlds.run({ ...input, conditional: true });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
    expectEqual(source, destination);
  });

  it.each([[['if-match', 'if-none-match']], [['if-match']]])(
    'that is AWS may let objects be put under %j only',
    async (writes) => {
      const { source, destination, input } = worlds.createPair({ destination: { enforces: { writes } } as never });
      source.put('new', 'content', { lastModified: past });
      source.put('changed', 'content', { lastModified: past });
      destination.put('changed', 'older', { lastModified: past });

      const summary = await worlds.run({ ...input, lock: 'reports' }, { host: { worlds: asAws } });

      if (writes.length === 1) {
        expect(summary.error).toMatchObject({
          name: 'AccessDeniedError',
          message: expect.stringContaining('not added'),
        });
        return;
      }
      expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 2 } });
      expectEqual(source, destination);
    },
  );
});
