import type { Bucket, Fault } from '../../../local/s3';
import { openUploads } from '../../support/contents';
import { past, useMemoryMirror } from '../../support/memory-mirror';
import { MIB, putInParts } from '../../support/put-in-parts';
import { reportLines } from '../../support/report-lines';

const mirror = useMemoryMirror();

// Of more than 64 MiB, so that the embedded S3 need not digest each part.
const many = Array<number>(600).fill(65 * MIB);

it('leaves no parts behind if one part cannot be copied, and names the object', async () => {
  const { source, destination, input } = mirror.createPair();
  putInParts(source, 'large', [5 * MIB, 5 * MIB, MIB], { lastModified: past });
  source.put('small', 'x', { lastModified: past });
  mirror.s3.onRequest = ({ operation, query }) =>
    operation === 'UploadPartCopy' && query.get('partNumber') === '2'
      ? { status: 403, code: 'AccessDenied' }
      : undefined;

  const summary = await mirror.run(input);

  expect(summary).toMatchObject({
    error: { name: 'SyncIncompleteError', keys: ['large'] },
    totals: { copied: 1, failed: 1 },
  });
  expect(reportLines(summary, 'failures')[0]).toMatchObject({ key: 'large', reason: 'access-denied' });
  expect(openUploads(destination)).toEqual([]);
  expect(destination.get('large')).toBeUndefined();
});

it.each<[what: string, disturb: (source: Bucket) => (operation: string) => Fault | undefined]>([
  [
    'its source is written again',
    (source) => (operation) => {
      if (operation === 'CreateMultipartUpload') putInParts(source, 'large', many, { user: { team: 'red' } });
      return undefined;
    },
  ],
  [
    'a part is refused',
    () => {
      let parts = 0;
      return (operation) =>
        operation === 'UploadPartCopy' && ++parts === 20 ? { status: 412, code: 'PreconditionFailed' } : undefined;
    },
  ],
])('copies no more parts once %s', async (_what, disturb) => {
  // Given
  const { source, destination, input } = mirror.createPair();
  putInParts(source, 'large', many, { lastModified: past });
  const disturbed = disturb(source);
  let begun = 0;
  let copied = 0;
  mirror.s3.onRequest = ({ operation, key }) => {
    if (key !== 'large') return undefined; // but of a probe
    if (operation === 'CreateMultipartUpload') begun += 1;
    if (operation === 'UploadPartCopy' && begun === 1) copied += 1;
    return begun > 1 ? undefined : disturbed(operation);
  };

  // When
  await mirror.run(input);

  // Then
  expect(copied).toBeGreaterThan(0);
  expect(copied).toBeLessThan(many.length / 2);
  expect(openUploads(destination)).toEqual([]);
});
