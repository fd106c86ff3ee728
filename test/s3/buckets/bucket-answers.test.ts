import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  HeadObjectCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { list, requestsOf, useBucketAndClients } from '../../support/bucket-and-clients';
import { Interceptor } from '../../support/interceptor';

const local = useBucketAndClients();
let interceptor: Interceptor;
beforeAll(async () => {
  interceptor = await Interceptor.start(local.s3.endpoint);
});
afterAll(() => interceptor.stop());
beforeEach(() => {
  interceptor.rewrite = undefined;
  local.s3.createBucket('a-source').put('an object', 'content');
});

const copy = () => new CopyObjectCommand({ Bucket: 'a-bucket', Key: 'a copy', CopySource: 'a-source/an%20object' });

/** Fails the first requests of an operation. */
function failFirst(operation: string, ...faults: ({ status: number; code: string } | 'reset')[]): void {
  local.s3.onRequest = (request) => (request.operation === operation ? faults.shift() : undefined);
}

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

const operations = [
  ...longOperations,
  ['ListObjectsV2', (client: S3Client) => requestsOf(client).send(list())],
  [
    'DeleteObjects',
    (client: S3Client) =>
      requestsOf(client).send(
        new DeleteObjectsCommand({ Bucket: 'a-bucket', Delete: { Objects: [{ Key: 'a key' }] } }),
      ),
  ],
] as typeof longOperations;

/** What S3 sends while it works on a request. */
const blanks = ' \t\r\n'.repeat(500);

describe.each(operations)('an answer to %s', (operation, send) => {
  /** Rewrites the first answers to the operation. */
  function rewriteFirst(...rewrites: ((body: string) => string)[]): void {
    interceptor.rewrite = (request, body) => {
      const isMeant =
        request.searchParams.has('delete') ||
        request.searchParams.has('list-type') ||
        operationOf(request) === operation;
      return isMeant ? rewrites.shift()?.(body) : undefined;
    };
  }
  const sendIt = () => send(local.createClient({ endpoint: interceptor.endpoint }));
  const error = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>why</Message></Error>`;

  it.each<[where: string, rewrite: (body: string) => string]>([
    ['in front of it', (body) => blanks + body],
    ['behind its declaration', (body) => body.replace('?>', `?>${blanks}`)],
    ['in place of its declaration', (body) => blanks + body.replace(/<\?.*?\?>/, '')],
    ['behind it', (body) => body + blanks],
  ])('is read, with much white space %s', async (_where, rewrite) => {
    rewriteFirst(rewrite);

    expect(await sendIt()).toMatchObject({ $metadata: { attempts: 1 } });
  });

  it('of white space alone is asked for again', async () => {
    rewriteFirst(
      () => blanks,
      () => ' ',
    );

    expect(await sendIt()).toMatchObject({ $metadata: { attempts: 3 } });
  });

  it.each<[where: string, body: string]>([
    ['in front of it', blanks + error('InternalError')],
    ['behind it', error('InternalError') + blanks],
    ['behind its declaration', error('InternalError').replace('?>', `?>${blanks}`)],
  ])('with an error under the status 200 is asked for again, with much white space %s', async (_where, body) => {
    rewriteFirst(
      () => body,
      () => body,
    );

    expect(await sendIt()).toMatchObject({ $metadata: { attempts: 3 } });
  });
});

describe.each(longOperations)('an answer to %s', (operation, send) => {
  it.each([
    ['SlowDown', { status: 503, code: 'SlowDown' }],
    ['an internal error', { status: 500, code: 'InternalError' }],
    ['no answer at all', 'reset'],
    ['an error under the status 200', { status: 200, code: 'InternalError' }],
  ] as const)('of %s is asked for again, and every attempt counted', async (_what, fault) => {
    failFirst(operation, fault, fault);
    local.s3.requests.reset();

    const answer = await send(local.createClient());

    expect(answer).toMatchObject({ $metadata: { attempts: 3 } });
    expect(local.s3.requests.of(operation)).toBe(3);
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

    const answer = await send(local.createClient({ endpoint: interceptor.endpoint }));

    expect(answer).toMatchObject({ $metadata: { attempts: 3 } });
  });

  it('is waited for however long it takes to begin', async () => {
    local.s3.onRequest = (request) => (request.operation === operation ? { delayMs: 400 } : undefined);
    const client = local.createClient({ requestHandler: { requestTimeout: 150, throwOnRequestTimeout: true } });

    expect(await send(client)).toMatchObject({ $metadata: { attempts: 1 } });
  });
});

describe('an answer', () => {
  it('that is an error keeps its code and words, with much white space around it', async () => {
    const endpoint = await local.serve((_request, response) => {
      response.statusCode = 403;
      response.end(
        `${blanks}<?xml version="1.0"?>${blanks}<Error><Code>AllAccessDisabled</Code><Message>why</Message></Error>${blanks}`,
      );
    });

    await expect(requestsOf(local.createClient({ endpoint })).send(copy())).rejects.toMatchObject({
      name: 'AllAccessDisabled',
      message: 'why',
    });
  });

  it('that does not come in time is asked for again', async () => {
    const requestHandler = new NodeHttpHandler({ requestTimeout: 100, throwOnRequestTimeout: true });
    let asked = 0;
    local.s3.onRequest = () => {
      requestHandler.updateHttpClientConfig('requestTimeout', 60_000);
      return asked++ === 0 ? 'stall' : undefined;
    };
    const client = local.createClient({ requestHandler });

    const { $metadata } = await requestsOf(client).send(list());

    // three on a machine that is too busy to ask in time
    expect($metadata.attempts).toBeGreaterThan(1);
  });

  it.each([
    [429, 'Too many requests'],
    [502, '<html><body><hr>Bad gateway</body></html>'],
  ])('with the status %i and a body that is no XML is asked for again', async (status, body) => {
    let left = 2;
    const endpoint = await local.serve((_request, response) => {
      response.statusCode = left-- > 0 ? status : 200;
      response.end(
        response.statusCode === 200 ? '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>' : body,
      );
    });

    const answer = await requestsOf(local.createClient({ endpoint })).send(list());

    expect(answer).toMatchObject({ IsTruncated: false, $metadata: { attempts: 3 } });
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
    local.s3.onRequest = () => fault;

    const [expected, actual] = await Promise.all([
      local
        .createClient()
        .send(copy())
        .catch((error) => error),
      requestsOf(local.createClient())
        .send(copy())
        .catch((error) => error),
    ]);

    expect(actual).toBeInstanceOf(expected.constructor);
    expect(actual).toMatchObject({ name, message: expected.message, $metadata: { attempts } });
    expect(actual.$metadata.httpStatusCode).toBe(fault.status);
  });

  it('of HeadObject is read as the SDK reads it, Expires as it stands', async () => {
    local.s3.bucket('a-bucket').put('an object', 'content', { user: { name: 'value' }, system: { expires: 'never' } });
    const head = () => new HeadObjectCommand({ Bucket: 'a-bucket', Key: 'an object' });
    const client = local.createClient();

    const { $metadata: _, ...expected } = await client.send(head());
    const { $metadata, ...actual } = await requestsOf(client).send(head());

    expect(actual).toEqual(expected);
    expect(actual.ExpiresString).toBe('never');
    expect($metadata).toMatchObject({ attempts: 1, httpStatusCode: 200 });
  });
});
