import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import type { BucketContent } from '../../local/demo/bucket-content';
import { stagingSite } from '../../local/demo/staging-site';
import { type S3Server, startS3 } from '../../local/s3';

/** The page that the tests ask for, and enough others for two pages of a list: the requests of all objects take long. */
jest.mock('../../local/demo/staging-site', () => {
  const { stagingSite: wholeSite } = jest.requireActual<typeof import('../../local/demo/staging-site')>(
    '../../local/demo/staging-site',
  );
  const { everyNth } = jest.requireActual<typeof import('../support/length')>('../support/length');
  return {
    stagingSite(now: Date) {
      const objects = [...wholeSite(now)];
      const others = objects.filter(({ key }) => key !== 'index.html');
      return [...objects.filter(({ key }) => key === 'index.html'), ...everyNth(4, others)];
    },
  };
});

describe('the content of the deployed demo', () => {
  let s3: S3Server;
  let cloudFormation: Server;
  const answers: Record<string, string>[] = [];
  const contentTypes: (string | undefined)[] = [];
  let status = 200;

  beforeAll(async () => {
    s3 = await startS3();
    cloudFormation = createServer(async (request, response) => {
      answers.push(JSON.parse(await text(request)));
      contentTypes.push(request.headers['content-type']);
      response.writeHead(status).end();
    }).listen(0, '127.0.0.1');
    await once(cloudFormation, 'listening');
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: s3.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
    });
  });

  afterAll(async () => {
    cloudFormation.close();
    cloudFormation.closeAllConnections();
    await s3.close();
  });

  async function tell(RequestType: 'Create' | 'Update' | 'Delete', properties: BucketContent) {
    const { handler } = await import('../../local/demo/bucket-content');
    const { port } = cloudFormation.address() as AddressInfo;
    const event = {
      RequestType,
      ResponseURL: `http://127.0.0.1:${port}/`,
      StackId: 'arn:aws:cloudformation:us-east-1:111122223333:stack/BucketSyncDemo/guid',
      RequestId: 'unique',
      LogicalResourceId: 'Content',
      ResourceProperties: { ServiceToken: 'arn', ...properties },
    };
    await handler(event as CloudFormationCustomResourceEvent<BucketContent>);
    return answers.at(-1);
  }

  it('is the whole site with its headers if the bucket is to be filled', async () => {
    const staging = s3.createBucket('staging');
    const answer = await tell('Create', { Bucket: 'staging', Fill: 'true' });

    expect(answer).toMatchObject({ Status: 'SUCCESS', LogicalResourceId: 'Content', PhysicalResourceId: 'staging' });
    const site = [...stagingSite(new Date())];
    expect(site.length).toBeGreaterThan(1000);
    expect(site.filter(({ key, sizeBytes }) => staging.get(key)?.body.length !== sizeBytes)).toEqual([]);
    expect(staging.get('index.html')?.metadata.system).toMatchObject({ 'content-type': 'text/html; charset=utf-8' });
  });

  it('is left alone by an update', async () => {
    const staging = s3.createBucket('staging');
    staging.put('index.html', 'changed');
    await tell('Update', { Bucket: 'staging', Fill: 'true' });

    expect(staging.index.size).toBe(1);
    expect(staging.get('index.html')?.body.length).toBe('changed'.length);
  });

  it('is empty if the bucket is not to be filled', async () => {
    s3.createBucket('production');
    s3.requests.reset();
    await tell('Create', { Bucket: 'production', Fill: 'false' });

    expect(s3.requests.total).toBe(0);
  });

  it('is gone in the end', async () => {
    const staging = s3.createBucket('staging');
    for (const { key } of stagingSite(new Date())) staging.put(key, 'x');

    const answer = await tell('Delete', { Bucket: 'staging', Fill: 'true' });

    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    expect([...stagingSite(new Date())].filter(({ key }) => staging.get(key))).toEqual([]);
  });

  it('reports a failure to CloudFormation, so that the deployment does not wait for hours', async () => {
    const answer = await tell('Create', { Bucket: 'no-such-bucket', Fill: 'true' });

    expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('NoSuchBucket') });
  });
  it('sends only the fields that CloudFormation reads, and no content type, which its URL is not signed for', async () => {
    const answer = await tell('Update', { Bucket: 'staging', Fill: 'true' });

    expect(answer).toEqual({
      Status: 'SUCCESS',
      PhysicalResourceId: 'staging',
      StackId: 'arn:aws:cloudformation:us-east-1:111122223333:stack/BucketSyncDemo/guid',
      RequestId: 'unique',
      LogicalResourceId: 'Content',
    });
    expect(contentTypes.at(-1) || undefined).toBeUndefined();
  });

  it('gives a reason that fits into what CloudFormation reads, however long the error is', async () => {
    s3.onRequest = () => ({ status: 403, code: 'AccessDenied', message: 'no '.repeat(2000) });
    const answer = await tell('Delete', { Bucket: 'staging', Fill: 'true' });
    s3.onRequest = undefined;

    expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('no no') });
    expect(answer?.Reason?.length).toBe(1000);
  });

  it('fails if CloudFormation does not take the answer, so that Lambda tries again', async () => {
    status = 403;
    const told = tell('Update', { Bucket: 'staging', Fill: 'true' });

    await expect(told).rejects.toThrow('Expected CloudFormation to take the answer for Content, got the status 403');
    status = 200;
  });
});
