import { CreateMultipartUploadCommand, DeleteObjectsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { credentials, list, requestsOf, useBucketAndClients } from '../support/bucket-and-clients';

const local = useBucketAndClients();

describe('a request', () => {
  it('takes fresh credentials once those at hand have expired', async () => {
    const seen: string[] = [];
    let made = 0;
    local.s3.onRequest = ({ headers }) => {
      seen.push(/Credential=([^/]+)/.exec(headers.authorization ?? '')?.[1] ?? '');
      return undefined;
    };
    const expiring = async () => {
      made += 1;
      return { ...credentials, accessKeyId: `key-${made}`, expiration: new Date(Date.now() - 1000) };
    };
    const requests = requestsOf(local.createClient({ credentials: expiring }));

    await requests.send(list());
    await requests.send(list());

    expect(new Set(seen).size).toBe(2);
  });

  it('follows a bucket to its region, and goes there at once from then on', async () => {
    const moved = local.s3.createBucket('moved', { region: 'eu-west-1' });
    moved.put('here', 'x');
    local.s3.requests.reset();
    const requests = requestsOf(local.createClient(), 'moved');
    const listing = () => requests.send(new ListObjectsV2Command({ Bucket: 'moved' }));

    const pages = await Promise.all([listing(), listing(), listing()]);
    pages.push(await listing());

    expect(pages.map(({ Contents }) => Contents?.[0]?.Key)).toEqual(['here', 'here', 'here', 'here']);
    expect(local.s3.requests.of('ListObjectsV2')).toBe(3 + 3 + 1);
  });

  it.each([
    ['301', { status: 301, code: 'PermanentRedirect' }],
    ['307', { status: 307, code: 'TemporaryRedirect' }],
    ['400', { status: 400, code: 'AuthorizationHeaderMalformed' }],
  ])('with a body follows a bucket to its region when it is told by %s', async (_status, { status, code }) => {
    // Given
    const seen: string[] = [];
    const endpoint = await local.serve(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      seen.push(`${request.headers['x-amz-checksum-crc32']} ${Buffer.concat(chunks).toString().slice(-60)}`);
      const here = request.headers.authorization?.includes('/eu-west-1/');
      response.statusCode = here ? 200 : status;
      response.setHeader('x-amz-bucket-region', 'eu-west-1');
      response.end(here ? '<DeleteResult></DeleteResult>' : `<Error><Code>${code}</Code></Error>`);
    });

    // When
    await requestsOf(local.createClient({ endpoint })).send(
      new DeleteObjectsCommand({ Bucket: 'a-bucket', Delete: { Objects: [{ Key: 'a' }] } }),
    );

    // Then
    expect(seen).toHaveLength(2);
    expect(seen[0]).toContain('<Key>a</Key>');
    expect(seen[1]).toBe(seen[0]);
  });

  it('has the headers that it is given, and they are signed', async () => {
    let signed = '';
    local.s3.onRequest = ({ headers }) => {
      signed = headers.authorization ?? '';
      return undefined;
    };
    const command = new CreateMultipartUploadCommand({ Bucket: 'a-bucket', Key: 'a' });

    await requestsOf(local.createClient()).send(command, undefined, { expires: 'never' });

    const [upload] = local.s3.bucket('a-bucket').uploads.values();
    expect(upload?.attributes.metadata.system).toMatchObject({ expires: 'never' });
    expect(signed).toMatch(/SignedHeaders=[^,]*expires/);
  });

  it('is not sent elsewhere where the client is not to follow', async () => {
    local.s3.createBucket('moved', { region: 'eu-west-1' });
    const requests = requestsOf(local.createClient({ followRegionRedirects: false }), 'moved');

    await expect(requests.send(new ListObjectsV2Command({ Bucket: 'moved' }))).rejects.toMatchObject({
      name: 'PermanentRedirect',
    });
  });

  it('is repeated with the time of S3 where this clock is wrong', async () => {
    // Given
    const hour = 3_600_000;
    const dates: number[] = [];
    const endpoint = await local.serve((request, response) => {
      const signed = String(request.headers['x-amz-date']).replace(/(....)(..)(..T..)(..)(..Z)/, '$1-$2-$3:$4:$5');
      const now = Date.now() + hour;
      dates.push(Date.parse(signed) - now);
      response.setHeader('date', new Date(now).toUTCString());
      response.statusCode = Math.abs(Date.parse(signed) - now) > 300_000 ? 403 : 200;
      response.end(
        response.statusCode === 403
          ? '<Error><Code>RequestTimeTooSkewed</Code><Message>The difference is too large.</Message></Error>'
          : '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>',
      );
    });
    const requests = requestsOf(local.createClient({ endpoint }));

    // When
    const first = await requests.send(list());
    const second = await requests.send(list());

    // Then
    expect(first).toMatchObject({ IsTruncated: false, $metadata: { attempts: 2 } });
    expect(second).toMatchObject({ IsTruncated: false, $metadata: { attempts: 1 } });
    expect(dates.map((difference) => Math.abs(Math.round(difference / hour)))).toEqual([1, 0, 0]);
  });
});
