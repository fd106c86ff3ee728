import { useMirror } from '../support/mirror';

const mirror = useMirror();
const allowedFolders = { sources: ['s3://staging/'], destinations: ['s3://production/', 's3://shared/site/'] };

beforeAll(() => {
  for (const bucket of ['staging', 'production', 'shared', 'other']) {
    mirror.s3.createBucket(bucket).put('site/kept', 'x', { lastModified: new Date(0) });
  }
});

it.each([
  { source: 'staging', destination: 'production' },
  { source: 'staging', prefix: 'site', destination: 'shared' },
  { source: 'staging', prefix: 'site/en', destination: 'shared', allowEmptySource: true },
])('lets %j run where both folders are allowed', async (input) => {
  const summary = await mirror.run(input, { host: { allowedFolders } });

  expect(summary).toMatchObject({ status: 'succeeded' });
});

it.each([
  [{ source: 'other', destination: 'production' }, '`source`', 's3://staging/, got s3://other/'],
  [
    { source: 'staging', destination: 'other' },
    '`destination`',
    's3://production/ or s3://shared/site/, got s3://other/',
  ],
  [{ source: 'staging', destination: 'shared' }, '`destination`', 'got s3://shared/'],
  [
    { source: 'staging', destination: 'shared', destinationPrefix: 'site-archive' },
    '`destination`',
    'got s3://shared/site-archive/',
  ],
])('refuses %j before it asks S3 for anything', async (input, field, message) => {
  mirror.s3.requests.reset();
  const summary = await mirror.run(input, { host: { allowedFolders } });

  expect(summary.error).toMatchObject({ name: 'InvalidInputError', message: expect.stringContaining(message) });
  expect(summary.error?.message).toContain(`Expected ${field} to be what this state machine is deployed for`);
  expect(mirror.s3.requests.total).toBe(0);
});
