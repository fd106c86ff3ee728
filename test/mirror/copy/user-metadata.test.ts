import { syntheticBody } from '../../../local/s3';
import { past, useMirror } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';
import { reportLines } from '../../support/report-lines';

const mirror = useMirror();

const GIB = 1024 * MIB;
const texts = [
  'grün',
  '中 文 \u{1f600}',
  '=?UTF-8?Q?not encoded?',
  'a "quoted"; value, twice',
  'é'.repeat(300),
  'x?=  =?y',
];

it.each(texts)('carries user metadata over as it is, small and large: %j', async (text) => {
  const { source, destination, input } = mirror.createPair();
  const user = { text, plain: 'x' };
  source.put('small', 'x', { lastModified: past, user });
  putInParts(source, 'large', [5 * MIB, MIB], { lastModified: past, user });

  expect(await mirror.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 2 } });

  for (const key of ['small', 'large']) expect(destination.get(key)?.metadata.user).toEqual(user);
  expect(await mirror.run({ ...input, compare: 'metadata' })).toMatchObject({ totals: { copied: 0, unchanged: 4 } });
});

describe('user metadata that S3 does not show', () => {
  const user = { hidden: 'a\u0001b', plain: 'x' };

  it('is carried over by one CopyObject if the object is not too large for it', async () => {
    const { source, destination, input } = mirror.createPair();
    putInParts(source, 'parts', [5 * MIB, MIB], { lastModified: past, user });
    source.put('small', 'x', { lastModified: past, user });

    expect(await mirror.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 2 } });

    for (const key of ['small', 'parts']) expect(destination.get(key)?.metadata.user).toEqual(user);
    expect(await mirror.run(input)).toMatchObject({ totals: { copied: 0 } });
  });

  it('is never lost without a word: an object that is too large fails', async () => {
    const { source, destination, input } = mirror.createPair();
    source.put('huge', syntheticBody(6 * GIB), { lastModified: past, user });

    const summary = await mirror.run(input);

    expect(summary).toMatchObject({ status: 'failed', totals: { copied: 0, failed: 1 } });
    expect(reportLines(summary, 'failures')[0]).toMatchObject({
      key: 'huge',
      reason: 'hidden-metadata',
      error: expect.stringContaining('x-amz-missing-meta'),
    });
    expect(destination.get('huge')).toBeUndefined();
    expect(destination.uploads.size).toBe(0);
  });

  it('counts as a difference if the destination lacks it', async () => {
    const { source, destination, input } = mirror.createPair();
    source.put('a', 'x', { lastModified: past, user });
    destination.put('a', 'x', { user: { plain: 'x' } });

    expect(await mirror.run({ ...input, compare: 'metadata' })).toMatchObject({ totals: { copied: 1 } });

    expect(destination.get('a')?.metadata.user).toEqual(user);
  });
});
