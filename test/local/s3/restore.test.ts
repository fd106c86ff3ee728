import {
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  RestoreObjectCommand,
  type Tier,
} from '@aws-sdk/client-s3';
import { useBucketAndClients } from '../../support/bucket-and-clients';

const local = useBucketAndClients();

const restore = (Key: string, RestoreRequest: { Days?: number; GlacierJobParameters?: { Tier: Tier | undefined } }) =>
  local.createClient().send(new RestoreObjectCommand({ Bucket: 'a-bucket', Key, RestoreRequest }));

async function refusal(request: Promise<unknown>): Promise<[name: string, status: number | undefined]> {
  const error = await request.then(
    () => ({ name: 'it was not refused' }),
    (refused: Error) => refused,
  );
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return [error.name, $metadata?.httpStatusCode];
}

it('begins a restore, says that it is under way, and lengthens one that is done', async () => {
  const version = local.s3.bucket('a-bucket').put('archived', 'x', { storageClass: 'GLACIER' });

  expect((await restore('archived', { Days: 2 })).$metadata.httpStatusCode).toBe(202);
  expect(await refusal(restore('archived', { Days: 2 }))).toEqual(['RestoreAlreadyInProgress', 409]);
  const page = await local
    .createClient()
    .send(new ListObjectsV2Command({ Bucket: 'a-bucket', OptionalObjectAttributes: ['RestoreStatus'] }));
  expect(page.Contents?.[0]?.RestoreStatus).toMatchObject({ IsRestoreInProgress: true });

  version.restore = { ongoing: false, expires: new Date('2026-01-02T00:00:00Z') };
  expect((await restore('archived', { Days: 2 })).$metadata.httpStatusCode).toBe(200);
  expect(version.restore.expires?.getTime()).toBeGreaterThan(Date.parse('2026-01-02T00:00:00Z'));
});

it.each([
  ['STANDARD', { Days: 1 }, ['InvalidObjectState', 403]],
  ['GLACIER', {}, ['MalformedXML', 400]],
  ['GLACIER', { Days: 1, GlacierJobParameters: { Tier: 'Soon' as Tier } }, ['MalformedXML', 400]],
  ['DEEP_ARCHIVE', { Days: 1, GlacierJobParameters: { Tier: 'Expedited' as const } }, ['InvalidArgument', 400]],
])('refuses to restore what is in %s by %j', async (storageClass, request, expected) => {
  local.s3.bucket('a-bucket').put('object', 'x', { storageClass });

  expect(await refusal(restore('object', request))).toEqual(expected);
});

it('does not restore what is not there', async () => {
  expect(await refusal(restore('missing', { Days: 1 }))).toEqual(['NoSuchKey', 404]);
});

it('answers only callers who agree to pay in a Requester Pays bucket, but tells every caller the region', async () => {
  local.s3.createBucket('paid', { requesterPays: true, region: 'eu-west-1' }).put('object', 'x');
  const client = local.createClient({ region: 'eu-west-1' });
  const object = { Bucket: 'paid', Key: 'object' };

  expect((await refusal(client.send(new HeadObjectCommand(object))))[1]).toBe(403);
  expect(await client.send(new HeadObjectCommand({ ...object, RequestPayer: 'requester' }))).toMatchObject({
    ContentLength: 1,
  });
  const denied = await client.send(new HeadBucketCommand({ Bucket: 'paid' })).catch((error) => error);
  expect(denied.$response.headers['x-amz-bucket-region']).toBe('eu-west-1');
});
