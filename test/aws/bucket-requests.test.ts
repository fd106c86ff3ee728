import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  S3Client,
  type S3ClientConfig,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { HttpResponse } from '@smithy/core/protocols';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import type { HttpRequest } from '@smithy/types';
import { BucketRequests } from '../../lambdas/aws/bucket-requests';
import { type S3Server, startS3 } from '../../local/s3';
import { awkwardKeys } from '../s3/awkward-keys';
import { Interceptor } from '../support/interceptor';

let s3: S3Server;
let interceptor: Interceptor;
beforeAll(async () => {
  s3 = await startS3();
  interceptor = await Interceptor.start(s3.endpoint);
});
afterAll(async () => {
  await interceptor.stop();
  await s3.close();
});
beforeEach(() => {
  s3.onRequest = undefined;
  interceptor.rewrite = undefined;
  s3.createBucket('a-source').put('an object', 'content');
  s3.createBucket('a-bucket');
});

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

const clients: S3Client[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
});

function createClient(config: S3ClientConfig = {}): S3Client {
  const client = new S3Client({
    region: 'us-east-1',
    endpoint: s3.endpoint,
    forcePathStyle: true,
    followRegionRedirects: true,
    credentials,
    retryStrategy: new ConfiguredRetryStrategy(4, 1),
    ...config,
  });
  clients.push(client);
  return client;
}

const requestsOf = (client: S3Client, bucket = 'a-bucket') => BucketRequests.of(client, bucket);
const copy = () => new CopyObjectCommand({ Bucket: 'a-bucket', Key: 'a copy', CopySource: 'a-source/an%20object' });
const list = () => new ListObjectsV2Command({ Bucket: 'a-bucket' });

/** Fails the first requests of an operation. */
function failFirst(operation: string, ...faults: ({ status: number; code: string } | 'reset')[]): void {
  s3.onRequest = (request) => (request.operation === operation ? faults.shift() : undefined);
}

describe('a request', () => {
  const keyed = (Key: string) => ({ Bucket: 'a-bucket', Key, ExpectedBucketOwner: '123456789012' });
  const copied = { CopySource: 'a-source/a%2Fb', CopySourceIfMatch: '"e"', ExpectedSourceBucketOwner: '210987654321' };
  const commands = [
    () => new HeadObjectCommand({ ...keyed('a'), PartNumber: 2, ChecksumMode: 'ENABLED' }),
    () =>
      new CopyObjectCommand({
        ...keyed('a'),
        ...copied,
        StorageClass: 'GLACIER',
        TaggingDirective: 'REPLACE',
        MetadataDirective: 'REPLACE',
        Metadata: { name: 'value', other: '' },
        WebsiteRedirectLocation: '/é',
        IfNoneMatch: '*',
        ACL: 'bucket-owner-full-control',
        ServerSideEncryption: 'aws:kms',
        SSEKMSKeyId: 'key',
        BucketKeyEnabled: false,
        ChecksumAlgorithm: 'SHA256',
      }),
    () =>
      new ListObjectsV2Command({
        Bucket: 'a-bucket',
        Prefix: 'a b/+é',
        StartAfter: 'a b/+é%',
        ContinuationToken: '1/+=&',
        MaxKeys: 7,
        EncodingType: 'url',
        OptionalObjectAttributes: ['RestoreStatus'],
        ExpectedBucketOwner: '123456789012',
      }),
    () => new GetObjectTaggingCommand(keyed('a')),
    () =>
      new GetObjectAttributesCommand({
        ...keyed('a'),
        ObjectAttributes: ['ETag', 'ObjectParts'],
        PartNumberMarker: '1000',
      }),
    () =>
      new CreateMultipartUploadCommand({
        ...keyed('a'),
        ContentType: 'text/html',
        CacheControl: 'no-store',
        ContentDisposition: 'attachment',
        ContentEncoding: 'gzip',
        ContentLanguage: 'de',
        WebsiteRedirectLocation: '/é',
        Metadata: { name: 'value', other: '' },
        Tagging: 'a=b%20c',
        StorageClass: 'GLACIER',
        ACL: 'bucket-owner-full-control',
        ServerSideEncryption: 'aws:kms',
        SSEKMSKeyId: 'key',
        BucketKeyEnabled: true,
        ChecksumAlgorithm: 'SHA256',
        ChecksumType: 'COMPOSITE',
      }),
    () =>
      new UploadPartCopyCommand({
        ...keyed('a'),
        ...copied,
        UploadId: 'an/id+',
        PartNumber: 10_000,
        CopySourceRange: 'bytes=0-5242879',
      }),
    () => new ListPartsCommand({ ...keyed('a'), UploadId: 'an/id+', PartNumberMarker: '1000' }),
    () =>
      new CompleteMultipartUploadCommand({
        ...keyed('a'),
        UploadId: 'an/id+',
        MultipartUpload: {
          Parts: [
            { PartNumber: 1, ETag: '"e"', ChecksumSHA256: 'a+/=' },
            { PartNumber: 2, ETag: '"f"', ChecksumSHA256: 'b+/=' },
          ],
        },
        MpuObjectSize: 5_242_881,
        ChecksumType: 'COMPOSITE',
        IfNoneMatch: '*',
      }),
    () => new AbortMultipartUploadCommand({ ...keyed('a'), UploadId: 'an/id+' }),
    () => new DeleteObjectCommand({ ...keyed('a'), IfMatch: '"e"' }),
    () =>
      new DeleteObjectsCommand({
        Bucket: 'a-bucket',
        Delete: {
          Objects: [{ Key: 'a' }, { Key: 'é \r\n\t<&>"\'', ETag: '"e"' }],
          Quiet: true,
        },
        ExpectedBucketOwner: '123456789012',
      }),
  ];

  it.each<[string, S3ClientConfig]>([
    ['of AWS', {}],
    ['in another region', { region: 'eu-central-1' }],
    ['in China', { region: 'cn-north-1' }],
    ['with FIPS', { useFipsEndpoint: true }],
    ['with IPv6', { useDualstackEndpoint: true }],
    ['with acceleration', { useAccelerateEndpoint: true }],
    ['with the bucket in the path', { forcePathStyle: true }],
    ['of another S3', { endpoint: 'http://localhost:9000/s3', forcePathStyle: true }],
    ['of another S3 with a host for each bucket', { endpoint: 'https://s3.example.com:8443' }],
    ['with a session', { credentials: { ...credentials, sessionToken: 'token' } }],
    ['with a name for the application', { userAgentAppId: 'mirror' }],
  ])('to an endpoint %s is the one that the SDK sends', async (_name, config) => {
    for (const create of commands) await expectSameRequest(create, config);
  });

  it.each(awkwardKeys)('for $name is the one that the SDK sends', async ({ key }) => {
    await expectSameRequest(() => new HeadObjectCommand(keyed(key)));
    await expectSameRequest(
      () => new DeleteObjectsCommand({ Bucket: 'a-bucket', Delete: { Objects: [{ Key: key }], Quiet: true } }),
    );
    await expectSameRequest(() => new CopyObjectCommand({ ...keyed(key), ...copied }), { forcePathStyle: true });
  });

  it('takes fresh credentials once those at hand have expired', async () => {
    const seen: string[] = [];
    let made = 0;
    s3.onRequest = ({ headers }) => {
      seen.push(/Credential=([^/]+)/.exec(headers.authorization ?? '')?.[1] ?? '');
      return undefined;
    };
    const expiring = async () => {
      made += 1;
      return { ...credentials, accessKeyId: `key-${made}`, expiration: new Date(Date.now() - 1000) };
    };
    const requests = requestsOf(createClient({ credentials: expiring }));

    await requests.send(list());
    await requests.send(list());

    expect(new Set(seen).size).toBe(2);
  });

  it('follows a bucket to its region, and goes there at once from then on', async () => {
    const moved = s3.createBucket('moved', { region: 'eu-west-1' });
    moved.put('here', 'x');
    s3.requests.reset();
    const requests = requestsOf(createClient(), 'moved');
    const listing = () => requests.send(new ListObjectsV2Command({ Bucket: 'moved' }));

    const pages = await Promise.all([listing(), listing(), listing()]);
    pages.push(await listing());

    expect(pages.map(({ Contents }) => Contents?.[0]?.Key)).toEqual(['here', 'here', 'here', 'here']);
    expect(s3.requests.of('ListObjectsV2')).toBe(3 + 3 + 1);
  });

  it.each([
    ['301', { status: 301, code: 'PermanentRedirect' }],
    ['307', { status: 307, code: 'TemporaryRedirect' }],
    ['400', { status: 400, code: 'AuthorizationHeaderMalformed' }],
  ])('with a body follows a bucket to its region when it is told by %s', async (_status, { status, code }) => {
    // Given
    const seen: string[] = [];
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      seen.push(`${request.headers['x-amz-checksum-crc32']} ${Buffer.concat(chunks).toString().slice(-60)}`);
      const here = request.headers.authorization?.includes('/eu-west-1/');
      response.statusCode = here ? 200 : status;
      response.setHeader('x-amz-bucket-region', 'eu-west-1');
      response.end(here ? '<DeleteResult></DeleteResult>' : `<Error><Code>${code}</Code></Error>`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

    // When
    await requestsOf(createClient({ endpoint })).send(
      new DeleteObjectsCommand({ Bucket: 'a-bucket', Delete: { Objects: [{ Key: 'a' }] } }),
    );

    // Then
    expect(seen).toHaveLength(2);
    expect(seen[0]).toContain('<Key>a</Key>');
    expect(seen[1]).toBe(seen[0]);
    server.closeAllConnections();
    server.close();
  });

  it('has the headers that it is given, and they are signed', async () => {
    let signed = '';
    s3.onRequest = ({ headers }) => {
      signed = headers.authorization ?? '';
      return undefined;
    };
    const command = new CreateMultipartUploadCommand({ Bucket: 'a-bucket', Key: 'a' });

    await requestsOf(createClient()).send(command, undefined, { expires: 'never' });

    const [upload] = s3.bucket('a-bucket').uploads.values();
    expect(upload?.attributes.metadata.system).toMatchObject({ expires: 'never' });
    expect(signed).toMatch(/SignedHeaders=[^,]*expires/);
  });

  it('is not sent elsewhere where the client is not to follow', async () => {
    s3.createBucket('moved', { region: 'eu-west-1' });
    const requests = requestsOf(createClient({ followRegionRedirects: false }), 'moved');

    await expect(requests.send(new ListObjectsV2Command({ Bucket: 'moved' }))).rejects.toMatchObject({
      name: 'PermanentRedirect',
    });
  });

  it('is repeated with the time of S3 where this clock is wrong', async () => {
    // Given
    const hour = 3_600_000;
    const dates: number[] = [];
    const server = createServer((request, response) => {
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
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const requests = requestsOf(
      createClient({ endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
    );

    // When
    const first = await requests.send(list());
    const second = await requests.send(list());

    // Then
    expect(first).toMatchObject({ IsTruncated: false, $metadata: { attempts: 2 } });
    expect(second).toMatchObject({ IsTruncated: false, $metadata: { attempts: 1 } });
    expect(dates.map((difference) => Math.abs(Math.round(difference / hour)))).toEqual([1, 0, 0]);
    server.closeAllConnections();
    server.close();
  });
});

/** What S3 works on before it answers, so that the answer may end in an error, or in nothing. */
const longOperations: readonly [operation: string, send: (client: S3Client) => Promise<{ $metadata: object }>][] = [
  ['CopyObject', (client) => requestsOf(client).send(copy())],
  [
    'UploadPartCopy',
    async (client) => {
      const { UploadId } = await begin(client);
      return requestsOf(client).send(copyPart(UploadId));
    },
  ],
  [
    'CompleteMultipartUpload',
    async (client) => {
      const { UploadId } = await begin(client);
      const { CopyPartResult } = await requestsOf(client).send(copyPart(UploadId));
      const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: CopyPartResult?.ETag }] };
      const named = { Bucket: 'a-bucket', Key: 'a copy', UploadId };
      return requestsOf(client).send(new CompleteMultipartUploadCommand({ ...named, MultipartUpload }));
    },
  ],
];

const begin = (client: S3Client) =>
  requestsOf(client).send(new CreateMultipartUploadCommand({ Bucket: 'a-bucket', Key: 'a copy' }));
const copyPart = (UploadId: string | undefined) =>
  new UploadPartCopyCommand({
    Bucket: 'a-bucket',
    Key: 'a copy',
    UploadId,
    PartNumber: 1,
    CopySource: 'a-source/an%20object',
  });

const operationOf = ({ searchParams }: URL) => {
  if (searchParams.has('partNumber')) return 'UploadPartCopy';
  if (searchParams.has('uploadId')) return 'CompleteMultipartUpload';
  return searchParams.has('uploads') ? 'CreateMultipartUpload' : 'CopyObject';
};

describe.each(longOperations)('an answer to %s', (operation, send) => {
  it.each([
    ['SlowDown', { status: 503, code: 'SlowDown' }],
    ['an internal error', { status: 500, code: 'InternalError' }],
    ['no answer at all', 'reset'],
    ['an error under the status 200', { status: 200, code: 'InternalError' }],
  ] as const)('of %s is asked for again, and every attempt counted', async (_what, fault) => {
    failFirst(operation, fault, fault);
    s3.requests.reset();

    const answer = await send(createClient());

    expect(answer).toMatchObject({ $metadata: { attempts: 3 } });
    expect(s3.requests.of(operation)).toBe(3);
  });

  it.each([
    ['nothing', () => ''],
    ['a body that is cut off', (body: string) => ({ cut: body.slice(0, body.length / 2) })],
  ])('with %s is asked for again', async (_what, rewrite) => {
    let left = 2;
    interceptor.rewrite = (request, body) => {
      if (operationOf(request) !== operation) return undefined;
      left -= 1;
      return left < 0 ? undefined : rewrite(body);
    };

    const answer = await send(createClient({ endpoint: interceptor.endpoint }));

    expect(answer).toMatchObject({ $metadata: { attempts: 3 } });
  });

  it('is waited for however long it takes to begin', async () => {
    s3.onRequest = (request) => (request.operation === operation ? { delayMs: 400 } : undefined);
    const client = createClient({ requestHandler: { requestTimeout: 150, throwOnRequestTimeout: true } });

    expect(await send(client)).toMatchObject({ $metadata: { attempts: 1 } });
  });
});

describe('an answer', () => {
  it('that does not come in time is asked for again', async () => {
    const delays = [2000];
    s3.onRequest = () => {
      const delayMs = delays.shift();
      return delayMs === undefined ? undefined : { delayMs };
    };
    const client = createClient({ requestHandler: { requestTimeout: 100, throwOnRequestTimeout: true } });

    await expect(requestsOf(client).send(list())).resolves.toMatchObject({ $metadata: { attempts: 2 } });
  });

  it.each([
    ['an error that stays', { status: 503, code: 'SlowDown' }, { name: 'SlowDown', attempts: 4 }],
    ['a refusal', { status: 403, code: 'AccessDenied' }, { name: 'AccessDenied', attempts: 1 }],
    [
      'a condition that does not hold',
      { status: 412, code: 'PreconditionFailed' },
      { name: 'PreconditionFailed', attempts: 1 },
    ],
  ])('with %s is the same error as the SDK throws', async (_what, fault, { name, attempts }) => {
    s3.onRequest = () => fault;

    const [expected, actual] = await Promise.all([
      createClient()
        .send(copy())
        .catch((error) => error),
      requestsOf(createClient())
        .send(copy())
        .catch((error) => error),
    ]);

    expect(actual).toBeInstanceOf(expected.constructor);
    expect(actual).toMatchObject({ name, message: expected.message, $metadata: { attempts } });
    expect(actual.$metadata.httpStatusCode).toBe(fault.status);
  });

  it('of HeadObject is read as the SDK reads it, Expires as it stands', async () => {
    s3.bucket('a-bucket').put('an object', 'content', { user: { name: 'value' }, system: { expires: 'never' } });
    const head = () => new HeadObjectCommand({ Bucket: 'a-bucket', Key: 'an object' });
    const client = createClient();

    const { $metadata: _, ...expected } = await client.send(head());
    const { $metadata, ...actual } = await requestsOf(client).send(head());

    expect(actual).toEqual(expected);
    expect(actual.ExpiresString).toBe('never');
    expect($metadata).toMatchObject({ attempts: 1, httpStatusCode: 200 });
  });
});

async function expectSameRequest(create: () => { input: object }, config: S3ClientConfig = {}): Promise<void> {
  const sent: HttpRequest[] = [];
  const requestHandler = {
    handle: async (request: HttpRequest) => {
      sent.push(request);
      return { response: new HttpResponse({ statusCode: 403, headers: {}, body: new Uint8Array() }) };
    },
  };
  const client = new S3Client({ region: 'us-east-1', credentials, ...config, requestHandler });

  await expect(client.send(create() as ListObjectsV2Command)).rejects.toThrow();
  await expect(requestsOf(client).send(create() as ListObjectsV2Command)).rejects.toThrow();

  const [expected, actual] = sent.map(comparable);
  expect(actual).toEqual(expected);
  expect(sent).toHaveLength(2);
}

/** A request without what is different each time. */
function comparable({ headers, query, ...request }: HttpRequest) {
  const { 'amz-sdk-invocation-id': _id, authorization = '', 'x-amz-date': _date, ...others } = headers;
  const userAgent = (others['user-agent'] ?? '').replace(/m\/[\w,+-]*/, ''); // codes of how the SDK was used
  const [scope, signed] = [/Credential=[^,]*/, /SignedHeaders=[^,]*/].map((part) => part.exec(authorization)?.[0]);
  const { protocol, hostname, port, method, path, body } = request;
  return {
    protocol,
    hostname,
    port,
    method,
    path,
    body,
    query,
    scope,
    signed,
    headers: { ...others, 'user-agent': userAgent },
  };
}
