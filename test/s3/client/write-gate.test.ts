import type { BucketWriter } from '../../../lambdas/engine/ports/bucket-writer';
import type { WriteGate } from '../../../lambdas/engine/ports/request-observer';
import { S3Destination } from '../../../lambdas/s3/buckets/s3-destination';
import { s3Client } from '../../../lambdas/s3/client/s3-client';
import { emptyCounters } from '../../../statemachine/contract';
import { InterruptedError } from '../../../statemachine/errors';
import { past, useMirror } from '../../support/mirror';

const mirror = useMirror();
afterEach(() => jest.restoreAllMocks());

const BUSY = { status: 503, code: 'SlowDown', headers: { 'retry-after': '0' } };
const part = { key: 'k', uploadId: 'set-below', part: 1, sizeBytes: 1, bytes: undefined };

type Write = (to: BucketWriter, eTag: string) => Promise<unknown>;
const WRITES: [operation: string, write: Write][] = [
  ['CopyObject', (to, eTag) => to.copyObject({ key: 'k', sourceETag: eTag, storageClass: 'STANDARD', tags: 'copy' })],
  ['DeleteObjects', (to) => to.deleteObjects([{ key: 'k' }])],
  ['DeleteObject', (to) => to.deleteObjects([{ key: 'odd \u0001' }])],
  ['CreateMultipartUpload', (to) => begin(to)],
  ['UploadPartCopy', async (to, sourceETag) => to.uploads.copyPart({ ...part, uploadId: await begin(to), sourceETag })],
  ['CompleteMultipartUpload', complete],
];

const begin = (to: BucketWriter) =>
  to.uploads.create({ key: 'k', attributes: { metadata: {} }, tags: [], storageClass: 'STANDARD' });

async function complete(to: BucketWriter, sourceETag: string): Promise<unknown> {
  const uploadId = await begin(to);
  const parts = [await to.uploads.copyPart({ ...part, uploadId, sourceETag })];
  return to.uploads.complete({ key: 'k', uploadId, parts, sizeBytes: 1 });
}

/** A destination whose requests pass `gate`. */
function open(gate: WriteGate) {
  const { source, destination } = mirror.createPair();
  const object = source.put('k', 'x', { lastModified: past });
  for (const key of ['k', 'odd \u0001']) destination.put(key, 'former');
  const counters = emptyCounters().requests;
  const common = { client: s3Client('us-east-1'), prefix: '', owner: undefined, pageSize: 1000 };
  const from = { ...common, bucket: source.name };
  const observer = { counters, onSlowDown() {}, gate };
  const to = new S3Destination({ ...common, bucket: destination.name, observer }, from, {});
  return { to, counters, eTag: object.eTag };
}

describe.each(WRITES)('an attempt of %s', (operation, write) => {
  it('is not sent if the gate closed while it waited, although the first attempt passed', async () => {
    let closed = false;
    const gate = {
      pass: async () => {
        if (closed) throw new InterruptedError('closed');
      },
      isOpen: () => !closed,
    };
    const { to, eTag } = open(gate);
    let sent = 0;
    mirror.s3.onRequest = (request) => {
      if (request.operation !== operation) return undefined;
      sent += 1;
      // the wait for the next attempt is drawn right before it begins
      jest.spyOn(Math, 'random').mockImplementation(() => {
        closed = true;
        return 0;
      });
      return BUSY;
    };

    const outcome = await write(to, eTag).catch((error: unknown) => error);

    expect(JSON.stringify(outcome instanceof Error ? outcome.message : outcome)).toMatch(/closed|refused/);
    expect(sent).toBe(1);
  });

  it('is checked again if the gate closed while it waited for its connection', async () => {
    const events: string[] = [];
    let waits = 1;
    const gate = {
      pass: async () => void events.push('passed'),
      isOpen: () => waits-- <= 0,
    };
    const { to, eTag, counters } = open(gate);
    mirror.s3.onRequest = (request) => {
      if (request.bucket.startsWith('destination')) events.push('sent');
      return undefined;
    };

    await write(to, eTag);

    expect(events.slice(events.lastIndexOf('passed', events.indexOf('sent')) - 1, events.indexOf('sent') + 1)).toEqual([
      'passed',
      'passed',
      'sent',
    ]);
    const { copy, delete: deletes, other } = counters;
    expect(copy + deletes + other).toBe(events.filter((event) => event === 'sent').length);
  });
});
