import { DeleteObjectCommand, ListObjectVersionsCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import type { Stage } from '../assumption';
import type { Lab } from '../lab';
import { describeError, outcome } from '../outcome';
import { copies, FAILED, NO_ETAG, WRITES } from './d-copies';

const DELETES = 'AWS: Conditional deletes';
const AT_ONCE = 20;

/** How many requests had which outcome. */
function counted(outcomes: readonly string[]): string {
  const done = outcomes.filter((each) => each === 'ok').length;
  const others = [...new Set(outcomes.filter((each) => each !== 'ok'))].sort();
  const unexpected = others.filter((each) => each !== FAILED && each !== '409 ConditionalRequestConflict');
  return unexpected.length === 0
    ? `${done} written, the others 412 or 409`
    : `${done} written, others ${unexpected.join(', ')}`;
}

/** Starts an upload of one part at the destination, and returns the request that completes it. */
async function uploaded(lab: Lab, key: string) {
  await lab.put('source', key, 'in parts');
  const { source, destination } = await lab.pair();
  const { eTag, sizeBytes } = await source.headObject(key);
  const { uploads } = destination;
  const uploadId = await uploads.create({ key, attributes: { metadata: {} }, tags: [], storageClass: 'STANDARD' });
  const part = await uploads.copyPart({ key, uploadId, part: 1, sourceETag: eTag, sizeBytes });
  return { uploads, request: { key, uploadId, parts: [part], sizeBytes } };
}

export const conditions: Stage = {
  id: 'D',
  title: 'conditions',
  needs: ['B'],
  estimate: { requests: 250, usd: 0.002 },
  assumptions: [
    ...copies,
    {
      id: 'D9',
      says: 'Of twenty that create an object at once, one does',
      source: `${WRITES}; bucketsync: the lock of a destination`,
      expected: '1 written, the others 412 or 409',
      recorded: false,
      async observe(lab) {
        await lab.bucket('races');
        const puts = Array.from({ length: AT_ONCE }, (_, index) =>
          outcome(lab.put('races', 'created', `${index}`, { IfNoneMatch: '*' })),
        );
        return counted(await Promise.all(puts));
      },
    },
    {
      id: 'D10',
      says: 'Of twenty that replace an object at once, one does',
      source: `${WRITES}; bucketsync: a lock that is taken over`,
      expected: '1 written, the others 412 or 409',
      recorded: false,
      async observe(lab) {
        const { ETag } = await lab.put('races', 'replaced', 'old');
        const puts = Array.from({ length: AT_ONCE }, (_, index) =>
          outcome(lab.put('races', 'replaced', `${index}`, { IfMatch: ETag })),
        );
        return counted(await Promise.all(puts));
      },
    },
    {
      id: 'D11',
      says: 'A write with If-Match needs an object to replace',
      source: `${WRITES}; bucketsync: a lock that was removed`,
      expected: '404 NoSuchKey',
      observe: (lab) => outcome(lab.put('source', 'missing', 'content', { IfMatch: `"${NO_ETAG}"` })),
    },
    {
      id: 'D12',
      says: 'A delete with If-Match of a key that is not there is refused',
      source: `${DELETES}; bucketsync: the probe of the right to delete`,
      expected: '404 or 412',
      observe: (lab) => deletedNothing(lab, 'source'),
    },
    {
      id: 'D13',
      says: 'In a versioned bucket such a delete leaves no delete marker',
      source: `${DELETES}; bucketsync: the probe of the right to delete`,
      expected: '404 or 412, 0 versions',
      async observe(lab) {
        const Bucket = await lab.bucket('versioned');
        await lab.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
        const refused = await deletedNothing(lab, 'versioned');
        const { Versions = [], DeleteMarkers = [] } = await lab.send(new ListObjectVersionsCommand({ Bucket }));
        return `${refused}, ${Versions.length + DeleteMarkers.length} versions`;
      },
    },
    {
      id: 'D14',
      says: 'A batch deletes an object with its ETag, and leaves one with another ETag',
      source: `${DELETES}; AWS: DeleteObjects`,
      expected: 'PreconditionFailed: other; left: other',
      async observe(lab) {
        const { destination } = await lab.pair(undefined, { role: 'destination', prefix: 'batch/' });
        const { ETag = '' } = await lab.put('destination', 'batch/same', 'content');
        await lab.put('destination', 'batch/other', 'content');
        const failures = await destination.deleteObjects([
          { key: 'same', eTag: ETag.replaceAll('"', '') },
          { key: 'other', eTag: NO_ETAG },
        ]);
        const left = (await destination.listPage({})).objects.map(({ key }) => key);
        const failed = failures.map(({ key, error }) => `${error.message.split(':')[0]}: ${key}`);
        return `${failed.join(', ') || 'no failure'}; left: ${left.join(', ') || 'nothing'}`;
      },
    },
    {
      id: 'D15',
      says: 'An upload with If-None-Match does not replace an object',
      source: `${WRITES}; AWS: CompleteMultipartUpload`,
      expected: FAILED,
      async observe(lab) {
        const { uploads, request } = await uploaded(lab, 'upload-1');
        await lab.put('destination', request.key, 'old');
        return outcome(uploads.complete({ ...request, destination: 'absent' }));
      },
    },
    {
      id: 'D16',
      says: 'An upload with If-Match does not replace another object',
      source: `${WRITES}; AWS: CompleteMultipartUpload`,
      expected: FAILED,
      async observe(lab) {
        const { uploads, request } = await uploaded(lab, 'upload-2');
        await lab.put('destination', request.key, 'old');
        return outcome(uploads.complete({ ...request, destination: { eTag: NO_ETAG } }));
      },
    },
    {
      id: 'D17',
      says: 'An upload that is completed again, as after a lost answer, gets the same answer',
      source: 'AWS: CompleteMultipartUpload is idempotent',
      expected: 'the same ETag',
      async observe(lab) {
        const { uploads, request } = await uploaded(lab, 'upload-3');
        const first = await uploads.complete(request);
        const again = await uploads.complete(request).catch(describeError);
        return again === first ? 'the same ETag' : String(again);
      },
    },
    {
      id: 'D18',
      says: 'An upload of another size than announced is refused',
      source: 'AWS: CompleteMultipartUpload, x-amz-mp-object-size',
      expected: '400 InvalidRequest',
      async observe(lab) {
        const { uploads, request } = await uploaded(lab, 'upload-4');
        return outcome(uploads.complete({ ...request, sizeBytes: request.sizeBytes + 1 }));
      },
    },
    {
      id: 'D19',
      says: 'A part is copied only of the version that was asked for',
      source: 'AWS: UploadPartCopy, x-amz-copy-source-if-match',
      expected: FAILED,
      async observe(lab) {
        const { uploads, request } = await uploaded(lab, 'upload-5');
        const { key, uploadId, sizeBytes } = request;
        return outcome(uploads.copyPart({ key, uploadId, part: 2, sourceETag: NO_ETAG, sizeBytes }));
      },
    },
    {
      id: 'D20',
      says: 'An expected owner who is not the owner is denied',
      source: 'AWS: Verifying bucket ownership',
      expected: '403 AccessDenied',
      async observe(lab) {
        const { destination } = await lab.pair(undefined, undefined, { owner: '000000000001' });
        return outcome(
          destination.copyObject({ key: 'copy-1', sourceETag: NO_ETAG, storageClass: 'STANDARD', tags: 'copy' }),
        );
      },
    },
  ],
};

async function deletedNothing(lab: Lab, role: string): Promise<string> {
  const Bucket = await lab.bucket(role);
  const command = new DeleteObjectCommand({ Bucket, Key: 'not-there', IfMatch: `"${NO_ETAG}"` });
  const observed = await outcome(lab.send(command));
  return observed === '404 NoSuchKey' || observed === FAILED ? '404 or 412' : observed;
}
