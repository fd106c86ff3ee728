import { readdirSync } from 'node:fs';
import { contentsOf } from '../../support/contents';
import { useMirror } from '../../support/mirror';

const mirror = useMirror();
beforeAll(() => {
  mirror.s3.createBucket('a-source').put('a', 'x');
  mirror.s3.createBucket('a-destination').put('b', 'x');
  mirror.s3.createBucket('an-empty-bucket');
  mirror.s3.createBucket('a-closed-bucket', { deny: ['s3:*'] });
  mirror.s3.createBucket('a-foreign-bucket', { ownerId: '222222222222' });
});

const good = { source: 'a-source', destination: 'a-destination' };
const kmsKey = (region: string) => `arn:aws:kms:${region}:123456789012:key/11111111-2222-3333-4444-555555555555`;
const writes = /^(Put|Copy|Delete|Create|Complete|Upload|Abort)/;

it.each<[what: string, input: unknown, name: string, message: string]>([
  ['no object', 'a-source', 'InvalidInputError', 'Expected the input to be a JSON object, got "a-source" (string)'],
  ['a list', [], 'InvalidInputError', 'Expected the input to be a JSON object, got [] (array)'],
  ['nothing', {}, 'InvalidInputError', 'Expected `source` to be a string, got nothing'],
  [
    'a missing field',
    { source: 'a-source' },
    'InvalidInputError',
    'Expected `destination` to be a string, got nothing',
  ],
  [
    'a misspelt field',
    { source: 'a-source', destnation: 'x' },
    'InvalidInputError',
    'Unknown field `destnation`: did you mean `destination`?',
  ],
  [
    'a wrong type',
    { ...good, dryRun: 'yes' },
    'InvalidInputError',
    'Expected `dryRun` to be a boolean, got "yes" (string)',
  ],
  [
    'a wrong item',
    { ...good, include: [1] },
    'InvalidInputError',
    'Expected `include[0]` to be a string, got 1 (number)',
  ],
  [
    'too little',
    { ...good, maxConcurrency: 0 },
    'InvalidInputError',
    'Expected `maxConcurrency` to be 1 or more, got 0',
  ],
  [
    'an extended glob',
    { ...good, exclude: ['!(keep)'] },
    'InvalidInputError',
    'Expected `exclude[0]` to be a glob without extended patterns',
  ],
  [
    'a glob of a folder that others take for all in it',
    { ...good, exclude: ['drafts/'] },
    'InvalidInputError',
    'Expected `exclude[0]` to be a glob that does not end in "/" ("folder/**" means everything in a folder',
  ],
  [
    'a glob of a path that others take for a relative one',
    { ...good, exclude: ['/drafts/**'] },
    'InvalidInputError',
    'Expected `exclude[0]` to be a glob that does not begin with "/" (keys are relative',
  ],
  ['folders in braces', { ...good, exclude: ['{logs/,tmp}'] }, 'InvalidInputError', 'does not end in "/"'],
  ['a folder behind braces', { ...good, exclude: ['logs/{,x}'] }, 'InvalidInputError', 'does not end in "/"'],
  ['a class of characters', { ...good, exclude: ['[[:digit:]]*'] }, 'InvalidInputError', 'like "[[:digit:]]"'],
  ['a path in braces', { ...good, exclude: ['{logs,/tmp}/**'] }, 'InvalidInputError', 'does not begin with "/"'],
  ['a range in a glob', { ...good, include: ['part-{1..12}.csv'] }, 'InvalidInputError', 'ranges like "{1..3}"'],
  [
    'no integer',
    { ...good, maxConcurrency: 1.5 },
    'InvalidInputError',
    'Expected `maxConcurrency` to be an integer, got 1.5',
  ],
  ['a wrong choice', { ...good, compare: 'date' }, 'InvalidInputError', 'Expected `compare` to be one of "auto", '],
  [
    'no percentage',
    { ...good, maxDeletes: '101%' },
    'InvalidInputError',
    'Expected `maxDeletes` to be a count of 0 or more',
  ],
  [
    'neither a count nor a percentage',
    { ...good, maxDeletes: true },
    'InvalidInputError',
    'Expected `maxDeletes` to be a count of 0 or more, or a percentage from "0%" to "100%", got true (boolean)',
  ],
  [
    'a verification that would always find a difference',
    { ...good, compare: 'always', verify: true },
    'InvalidInputError',
    'Expected `compare` to be a strategy that can find both sides equal if `verify` is set, got "always" (string)',
  ],
  ['a bad name', { ...good, source: 'no bucket' }, 'InvalidInputError', 'Expected `source` to be the name of a bucket'],
  ['an access point', { ...good, source: 'a-1234567890-s3alias' }, 'InvalidInputError', "the bucket's own name"],
  ['a directory bucket', { ...good, source: 'a--use1-az4--x-s3' }, 'InvalidInputError', 'a general purpose bucket'],
  [
    'a long key',
    { ...good, startAfter: 'é'.repeat(513) },
    'InvalidInputError',
    'Expected `startAfter` to be at most 1024 bytes',
  ],
  [
    'a key without a KMS encryption',
    { ...good, sse: 'AES256', sseKmsKeyId: kmsKey('us-east-1') },
    'InvalidInputError',
    'Expected `sse` to be "aws:kms" or "aws:kms:dsse" if `sseKmsKeyId` is set, got "AES256" (string)',
  ],
  [
    'a key without any encryption',
    { ...good, sseKmsKeyId: kmsKey('us-east-1') },
    'InvalidInputError',
    'if `sseKmsKeyId` is set, got nothing',
  ],
  [
    'a bare id of a key',
    { ...good, sse: 'aws:kms', sseKmsKeyId: '11111111-2222-3333-4444-555555555555' },
    'InvalidInputError',
    'Expected `sseKmsKeyId` to be the ARN of a KMS key, arn:aws:kms:region:account:key/id, got "1111',
  ],
  [
    'a key of another region',
    { ...good, sse: 'aws:kms', sseKmsKeyId: kmsKey('eu-west-1') },
    'InvalidInputError',
    'Expected `sseKmsKeyId` to be a key in us-east-1, where s3://a-destination is, got "arn:aws:kms:eu-west-1:',
  ],
  ['the same bucket', { source: 'a-source', destination: 'a-source' }, 'InvalidInputError', 'overlap'],
  [
    'a folder of itself',
    { source: 'a-source', destination: 'a-source', prefix: 'a', destinationPrefix: 'a/b' },
    'InvalidInputError',
    's3://a-source/a/ and s3://a-source/a/b/ overlap',
  ],
  ['no source bucket', { ...good, source: 'not-there' }, 'BucketNotFoundError', 'There is no bucket s3://not-there'],
  [
    'no destination bucket',
    { ...good, destination: 'not-there' },
    'BucketNotFoundError',
    'There is no bucket s3://not-there',
  ],
  [
    'no access',
    { ...good, destination: 'a-closed-bucket' },
    'AccessDeniedError',
    'allow s3:ListBucket on arn:aws:s3:::a-closed-bucket',
  ],
  [
    'another owner',
    { ...good, source: 'a-foreign-bucket', sourceOwner: '111111111111' },
    'AccessDeniedError',
    'it does not belong to account 111111111111',
  ],
  ['an empty source', { ...good, source: 'an-empty-bucket' }, 'SourceEmptyError', 's3://an-empty-bucket/ is empty'],
])('rejects %s with one message and without a write', async (_what, input, name, message) => {
  mirror.s3.requests.reset();
  const filesBefore = readdirSync(mirror.runsFolder, { recursive: true });

  const summary = await mirror.run(input);

  expect(summary).toMatchObject({ status: 'failed', phases: [], error: { name, keys: [] } });
  expect(summary.error?.message).toContain(message);
  expect(Object.keys(mirror.s3.requests.byOperation()).filter((operation) => writes.test(operation))).toEqual([]);
  expect(readdirSync(mirror.runsFolder, { recursive: true })).toEqual(filesBefore); // no lock either
});

it.each([
  [
    ['**/', 'a/*/', '*/'],
    ['a/b/', 'c/'],
  ],
  [
    ['c\\/', '\\/d'],
    ['/d', 'c/'],
  ],
])('protects by the globs %j folders and what begins with a slash: %j', async (exclude, kept) => {
  const { source, destination, input } = mirror.createPair();
  source.put('x', 'x');
  for (const key of ['/d', 'a/b/', 'c/', 'c/e', 'd']) destination.put(key, 'x');

  await mirror.run({ ...input, exclude });

  expect([...contentsOf(destination).keys()].filter((key) => key !== 'x')).toEqual(kept);
});

it('mirrors from one folder of a bucket to another that does not overlap', async () => {
  const bucket = mirror.s3.createBucket('one-bucket');
  bucket.put('a/x', 'x');
  const input = { source: 'one-bucket', destination: 'one-bucket', prefix: 'a', destinationPrefix: 'ab' };
  expect(await mirror.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
  expect(bucket.get('ab/x')).toBeDefined();
});

it('finds each bucket in its own region', async () => {
  mirror.s3.createBucket('in-dublin', { region: 'eu-west-1' }).put('a', 'x');
  const destination = mirror.s3.createBucket('in-tokyo', { region: 'ap-northeast-1' });
  destination.put('orphan', 'x');
  expect(await mirror.run({ source: 'in-dublin', destination: 'in-tokyo' })).toMatchObject({
    status: 'succeeded',
    totals: { copied: 1, deleted: 1 },
  });
  expect(destination.get('a')).toBeDefined();
});
