import { past, useMemoryMirror } from '../../support/memory-mirror';

const mirror = useMemoryMirror();

it.each<[what: string, options: Parameters<typeof mirror.createPair>[0]]>([
  ['the source is a website', { source: { website: 'index.html' } }],
  ['the destination is a website, as where a staging bucket is published', { destination: { website: 'index.html' } }],
  ['nobody may say whether the source is a website', { source: { deny: ['s3:GetBucketWebsite'] } }],
  ['nobody may say whether the destination is a website', { destination: { deny: ['s3:GetBucketWebsite'] } }],
])(
  'copies the redirect of any object if %s, and checks once more whether it is still the same',
  async (_what, options) => {
    const { source, destination, input } = mirror.createPair(options);
    source.put('page.html', 'moved', { lastModified: past, websiteRedirect: '/new.html' });
    source.put('empty', '', { lastModified: past, websiteRedirect: 'https://example.com/' });
    source.put('plain', 'x', { lastModified: past });

    expect(await mirror.run(input)).toMatchObject({ totals: { copied: 3, requests: { head: 3 + 2 } } });

    expect(destination.get('page.html')).toMatchObject({ websiteRedirect: '/new.html' });
    expect(destination.get('empty')).toMatchObject({ websiteRedirect: 'https://example.com/' });
    expect(destination.get('plain')?.websiteRedirect).toBeUndefined();
  },
);

it('asks only for empty objects if neither bucket is a website', async () => {
  const { source, destination, input } = mirror.createPair();
  source.put('empty', '', { lastModified: past, websiteRedirect: '/x' });
  for (let index = 0; index < 20; index++) source.put(`key ${index}`, 'x', { lastModified: past });

  expect(await mirror.run(input)).toMatchObject({ totals: { copied: 21, requests: { head: 1 + 1 } } });

  expect(destination.get('empty')).toMatchObject({ websiteRedirect: '/x' });
});

it.each(['metadata', 'checksum'])('misses no redirect that `compare: %s` would find later', async (compare) => {
  const { source, destination, input } = mirror.createPair();
  source.put('page.html', 'moved', { lastModified: past, websiteRedirect: '/new.html' });

  await mirror.run({ ...input, compare });

  expect(destination.get('page.html')).toMatchObject({ websiteRedirect: '/new.html' });
  expect(await mirror.run({ ...input, compare })).toMatchObject({ totals: { copied: 0, unchanged: 2 } });
});

it('asks for no settings if nothing is copied', async () => {
  const { source, input } = mirror.createPair();
  source.put('a', 'x');
  const operations = new Set<string>();
  mirror.s3.onRequest = ({ operation }) => {
    operations.add(operation);
    return undefined;
  };
  await mirror.run({ ...input, dryRun: true });
  expect(operations).toEqual(new Set(['HeadBucket', 'ListObjectsV2', 'HeadObject']));
});
