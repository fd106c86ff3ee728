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
import type { HttpRequest } from '@smithy/types';
import { awkwardKeys } from '../../local/s3/awkward-keys';
import { credentials, requestsOf } from '../../support/bucket-and-clients';

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
});

describe('a request of a function in Lambda', () => {
  const traced = {
    AWS_LAMBDA_FUNCTION_NAME: 'CopyRange',
    _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793',
  };

  beforeEach(() => Object.assign(process.env, traced));

  afterEach(() => {
    for (const name of Object.keys(traced)) delete process.env[name];
  });

  it('has the trace of its invocation, by which AWS finds functions that call themselves', async () => {
    const sent = await expectSameRequest(() => new HeadObjectCommand({ Bucket: 'a-bucket', Key: 'a' }));

    expect(sent.headers).toMatchObject({ 'X-Amzn-Trace-Id': traced._X_AMZN_TRACE_ID });
  });
});

async function expectSameRequest(create: () => { input: object }, config: S3ClientConfig = {}): Promise<HttpRequest> {
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
  return sent[1] as HttpRequest;
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
