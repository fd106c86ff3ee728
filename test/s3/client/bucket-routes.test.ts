import type { ServerResponse } from 'node:http';
import { CreateMultipartUploadCommand, DeleteObjectsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { credentials, list, requestsOf, useBucketAndClients } from '../../support/bucket-and-clients';

const local = useBucketAndClients();

describe('a request', () => {
  it('uses fresh credentials once its credentials have expired', async () => {
    const seen: string[] = [];
    let made = 0;
    local.s3.credentials = ['test', 'key-1', 'key-2', 'key-3'].map((id) => ({ ...credentials, accessKeyId: id }));
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
  ])('with a body follows a bucket to its region if %s names it', async (_status, { status, code }) => {
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

    await requestsOf(local.createClient()).send(command, undefined, { headers: { expires: 'never' } });

    const [upload] = local.s3.bucket('a-bucket').uploads.values();
    expect(upload?.attributes.metadata.system).toMatchObject({ expires: 'never' });
    expect(signed).toMatch(/SignedHeaders=[^,]*expires/);
  });

  it('is not sent elsewhere if the client is not to follow', async () => {
    local.s3.createBucket('moved', { region: 'eu-west-1' });
    const requests = requestsOf(local.createClient({ followRegionRedirects: false }), 'moved');

    await expect(requests.send(new ListObjectsV2Command({ Bucket: 'moved' }))).rejects.toMatchObject({
      name: 'PermanentRedirect',
    });
  });

  describe('if the clocks differ', () => {
    const hour = 3_600_000;
    /** What the server's clock is ahead of this one, and the difference of each request from it, in hours. */
    let ahead = 0;
    const differences: number[] = [];
    let requests: ReturnType<typeof requestsOf>;
    /** Answers before the time is looked at. */
    let before: (response: ServerResponse) => boolean;

    beforeEach(async () => {
      differences.splice(0);
      before = () => false;
      const endpoint = await local.serve((request, response) => {
        const signed = String(request.headers['x-amz-date']).replace(/(....)(..)(..T..)(..)(..Z)/, '$1-$2-$3:$4:$5');
        const now = Date.now() + ahead * hour;
        differences.push(Math.round((Date.parse(signed) - now) / hour) + 0); // never -0
        response.setHeader('date', new Date(now).toUTCString());
        if (before(response)) return;
        response.statusCode = Math.abs(Date.parse(signed) - now) > 900_000 ? 403 : 200;
        response.end(
          response.statusCode === 403
            ? '<Error><Code>RequestTimeTooSkewed</Code><Message>The difference is too large.</Message></Error>'
            : '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>',
        );
      });
      requests = requestsOf(local.createClient({ endpoint }));
    });

    const attempts = async () => {
      const answer = await requests.send(list()).catch((error) => error);
      return answer.$metadata.attempts;
    };

    it('is repeated with the time of S3, even after this clock is set right', async () => {
      ahead = 1;
      expect([await attempts(), await attempts()]).toEqual([2, 1]);
      expect(differences).toEqual([-1, 0, 0]);

      ahead = 0;
      expect(await Promise.all([attempts(), attempts(), attempts()])).toEqual([2, 2, 2]);
      expect(await attempts()).toBe(1);
      // One may be sent again before another is sent.
      expect(differences.slice(3).sort()).toEqual([0, 0, 0, 0, 1, 1, 1]);
    });

    it('is signed by this clock again once good answers show that it is right', async () => {
      ahead = 0.2;
      const refuse = (response: ServerResponse) => {
        response.statusCode = 403;
        response.end(); // as that of a HEAD, so that only its date tells why
        return true;
      };
      let left = 1;
      before = (response) => left-- > 0 && refuse(response);
      expect(await attempts()).toBe(2);

      ahead = 0;
      expect(await attempts()).toBe(1);
      [ahead, left] = [0.2, 1];
      expect(await attempts()).toBe(2);
    });

    it.each<[what: string, status: number, headers: Record<string, string>, asked: number]>([
      ['a proxy that is at a loss', 502, {}, 2],
      ['an answer about the object', 404, {}, 1],
      ['a cache', 403, { age: '3600' }, 1],
    ])('is not signed by the time of %s', async (_what, status, headers, asked) => {
      ahead = 0;
      const wrong = new Date(Date.now() - hour).toUTCString();
      let left = 1;
      before = (response) => {
        left -= 1;
        if (left < 0) return false;
        response.writeHead(status, { ...headers, date: wrong });
        response.end('<Error><Code>Other</Code><Message>No.</Message></Error>');
        return true;
      };

      expect(await attempts()).toBe(asked);
      expect(await attempts()).toBe(1);
      expect(differences).toEqual(Array.from({ length: asked + 1 }, () => 0));
    });

    it('is sent once if S3 has rejected it for another reason, however wrong this clock is', async () => {
      ahead = 1;
      await attempts();
      before = (response) => {
        response.statusCode = 403;
        response.end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>');
        return true;
      };

      expect(await attempts()).toBe(1);
    });
  });

  it('keeps its id when it is repeated, and says which attempt it is', async () => {
    const sent: unknown[] = [];
    const endpoint = await local.serve(({ headers }, response) => {
      sent.push([headers['amz-sdk-invocation-id'], headers['amz-sdk-request']]);
      response.statusCode = sent.length < 3 ? 500 : 200;
      response.end('<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>');
    });

    await requestsOf(local.createClient({ endpoint, maxAttempts: 4 })).send(list());

    const [[id] = []] = sent as [string][];
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(sent).toEqual([1, 2, 3].map((attempt) => [id, `attempt=${attempt}; max=4`]));
  });
});
