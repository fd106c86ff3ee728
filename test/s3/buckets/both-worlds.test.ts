import type { RequestInfo } from '../../../local/s3';
import type { AnyMirror } from '../../support/any-mirror';
import { useMemoryMirror } from '../../support/memory-mirror';
import { past, useMirror } from '../../support/mirror';
import { copyOf, failuresOf, LOCKS, PROBES, READS, UPLOADS, WRITES } from './acts';
import { type Act, type Options, record } from './recorded-world';

const worlds: readonly AnyMirror[] = [useMirror({ now: () => past }), useMemoryMirror({ now: () => past })];

async function expectSame(act: Act, options?: Options, fault?: object): Promise<void> {
  const [overHttp, inMemory] = await Promise.all(worlds.map((mirror) => record(mirror, act, options, fault)));

  expect(inMemory).toEqual(overHttp);
  if (options?.requests !== false) expect(overHttp.requests).not.toEqual([]);
}

async function operationsOf(act: Act): Promise<string[]> {
  const { requests } = await record(worlds[1] as AnyMirror, act);
  await record(worlds[0] as AnyMirror, act); // so that the pairs of both have the same numbers
  return requests.map(({ operation }: RequestInfo) => operation);
}

describe('a bucket in memory does the same as over HTTP', () => {
  it.each(Object.entries({ ...READS, ...WRITES, ...UPLOADS, ...PROBES }))('when it %s', (_what, act) =>
    expectSame(act),
  );

  // over HTTP the server may be another one, so that there are more requests
  it.each(Object.entries(LOCKS))('when it %s', (_what, act) => expectSame(act, { requests: false }));

  it.each([
    ['encryption', { sse: 'AES256' }],
    ['a key', { sse: 'aws:kms', sseKmsKeyId: 'arn:aws:kms:us-east-1:1:key/2' }],
    ['the owner of each bucket', { sourceOwner: '123456789012', destinationOwner: '123456789012' }],
    ['an owner who it is not', { sourceOwner: '000000000000' }],
    ['a requester who pays', { requestPayer: 'requester' }],
  ])('when the input asks for %s', async (_what, input) => {
    await expectSame(WRITES['copies tags'] as Act, { input });
    await expectSame(UPLOADS['completes an upload'] as Act, { input });
    await expectSame(READS['lists all pages'] as Act, { input });
  });
});

describe('a bucket in memory fails as over HTTP', () => {
  const CODES: readonly (readonly [status: number, code: string])[] = [
    ...[[403, 'AccessDenied'] as const, [403, 'QuotaExceeded'] as const, [403, 'InvalidObjectState'] as const],
    ...[[404, 'NoSuchKey'] as const, [404, 'NoSuchBucket'] as const, [404, 'NoSuchUpload'] as const],
    ...[[400, 'InvalidRequest'] as const, [400, 'KMS.DisabledException'] as const, [400, 'ExpiredToken'] as const],
    ...[[412, 'PreconditionFailed'] as const, [416, 'InvalidPartNumber'] as const, [501, 'NotImplemented'] as const],
    ...[[500, 'InternalError'] as const, [503, 'SlowDown'] as const, [200, 'InternalError'] as const],
  ];
  const once: Readonly<Record<string, Act>> = {
    headObject: ({ source }) => source.headObject('plain'),
    headPart: ({ source }) => source.headPart('plain', 1),
    listPartSizes: ({ source }) => source.listPartSizes({ key: 'parts', eTag: 'any' }),
    readTags: ({ source }) => source.readTags('plain'),
    restoreObject: ({ source }) => source.restoreObject({ key: 'archived', tier: 'Bulk', days: 1 }),
    listPage: ({ source }) => source.listPage({}),
    copyObject: ({ destination }) => destination.copyObject(copyOf('plain', 'any')),
    'uploads.create': ({ destination }) =>
      destination.uploads.create({
        ...{ key: 'plain', attributes: { metadata: {} }, storageClass: 'STANDARD' },
        tags: [{ name: 'team', value: 'red' }],
      }),
    'uploads.copyPart': ({ destination }) =>
      destination.uploads.copyPart({ key: 'plain', uploadId: 'any', part: 1, sourceETag: 'any', sizeBytes: 1 }),
    'uploads.listParts': ({ destination }) => destination.uploads.listParts('plain', 'any'),
    'uploads.complete': ({ destination }) =>
      destination.uploads.complete({ key: 'plain', uploadId: 'any', parts: [], sizeBytes: 1 }),
    'uploads.abort': ({ destination }) => destination.uploads.abort('plain', 'any'),
  };

  it.each(Object.entries(once))('in %s, whatever S3 answers', async (_method, act) => {
    const isHead = (await operationsOf(act)).every((operation) => operation.startsWith('Head'));
    // the answer to HEAD has no body, so no error stands under its status 200
    const codes = CODES.filter(([status]) => !(isHead && status === 200));
    for (const [status, code] of codes) await expectSame(act, { leave: true }, { status, code, message: 'No.' });
  });

  it('in deleteObjects, whatever S3 answers for good', async () => {
    const act: Act = ({ destination }) => failuresOf(destination)([{ key: 'a' }, { key: '\u0001' }]);
    const lasting = CODES.filter(([status]) => status >= 400 && status < 500);
    for (const [status, code] of lasting) await expectSame(act, {}, { status, code, message: 'No.' });
  });
});
