import type { PutAttributes } from '../../../local/s3';
import { past, useMirror } from '../../support/mirror';
import { reportLines } from '../../support/report-lines';

const mirror = useMirror();

const retained = { mode: 'COMPLIANCE', retainUntil: new Date('2100-01-01T00:00:00Z') };

describe.each<[what: string, lock: PutAttributes['lock']]>([
  ['under retention', retained],
  ['under a legal hold', { legalHold: true }],
])('a destination object %s', (_what, lock) => {
  it.each([false, true])(
    'is hidden by a delete marker as an orphan, and kept (conditional: %s)',
    async (conditional) => {
      const { source, destination, input } = mirror.createPair({ destination: { objectLock: true } });
      source.put('kept', 'x', { lastModified: past });
      destination.put('orphan', 'locked', { lock });

      expect(await mirror.run({ ...input, conditional })).toMatchObject({
        status: 'succeeded',
        totals: { deleted: 1 },
      });

      expect(destination.get('orphan')).toBeUndefined();
      expect(destination.index.get('orphan')?.versions.map(({ deleteMarker }) => deleteMarker)).toEqual([true, false]);
      expect(await mirror.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 0, deleted: 0 } });
    },
  );

  it('is replaced by a new version, and kept', async () => {
    const { source, destination, input } = mirror.createPair({ destination: { objectLock: true } });
    destination.put('a', 'locked', { lastModified: past, lock });
    source.put('a', 'changed', { lastModified: new Date(past.getTime() + 1000) });

    expect(await mirror.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });

    expect(destination.get('a')?.body.length).toBe('changed'.length);
    expect(destination.index.get('a')?.versions).toHaveLength(2);
  });

  it('is reported under its key if the server keeps no versions, and stops no other object', async () => {
    const { source, destination, input } = mirror.createPair({ destination: { objectLock: true } });
    source.put('kept', 'x', { lastModified: past });
    for (const key of ['orphan 1', 'orphan 3']) destination.put(key, 'x');
    destination.put('orphan 2', 'locked', { lock });
    destination.versioning = undefined; // no such bucket in S3, where Object Lock takes versions

    const summary = await mirror.run(input);

    expect(summary).toMatchObject({ error: { name: 'SyncIncompleteError' }, totals: { deleted: 2, failed: 1 } });
    expect(reportLines(summary, 'failures')).toEqual([
      expect.objectContaining({
        action: 'delete',
        key: 'orphan 2',
        reason: 'access-denied',
        error: expect.stringContaining(LOCKED),
      }),
    ]);
    expect(destination.get('orphan 2')).toBeDefined();
  });
});

const LOCKED = 'AccessDenied: Access Denied because object protected by object lock.';
