import { randomUUID } from 'node:crypto';
import type { Hold } from '../../../lambdas/engine/lock/lock-document';
import { holdFolder, releaseFolder } from '../../../local/hold';
import { contentsOf } from '../../support/contents';
import { holdersOf, lockText, newHolder, putHolders } from '../../support/lock-object';
import { past, useMirror } from '../../support/mirror';

const mirror = useMirror();

function createSite(prefix = '') {
  const pair = mirror.createPair();
  pair.source.put(`${prefix}new.html`, 'new', { lastModified: past });
  pair.destination.put(`${prefix}old.html`, 'old');
  const target = (destinationPrefix: string) => ({
    destination: pair.destination.name,
    destinationPrefix,
    location: mirror.reportLocation,
    lock: 'destination' as const,
  });
  return { ...pair, target };
}

const holdsOf = (text: string | undefined): Hold[] => JSON.parse(text ?? '{}').holds ?? [];

it('ends a run to a held folder as held, before it writes anything, with the reason and how to release it', async () => {
  const { destination, input, target } = createSite();
  await holdFolder(target(''), 'audit until Friday', new Date('2026-03-01T10:00:00Z'));
  const before = contentsOf(destination);

  const summary = await mirror.run(input);

  expect(summary).toMatchObject({ status: 'held', wrote: false, error: { name: 'HeldError' }, phases: [] });
  expect(summary.error?.message).toBe(
    `s3://${destination.name}/ has been held since 2026-03-01T10:00:00.000Z: audit until Friday. Nothing was written. ` +
      `No run writes there until somebody releases it: bucketsync release s3://${destination.name}/ --report-location ${mirror.runsFolder}`,
  );
  expect(contentsOf(destination)).toEqual(before);
  expect(holdersOf(destination)).toEqual([]);
});

it.each([
  ['the folder itself', 'site/', 'site/', 'held'],
  ['a folder in it', 'site/', 'site/blog/', 'held'],
  ['a folder around it', 'site/blog/', 'site/', 'held'],
  ['a folder beside it', 'site/', 'site-archive/', 'succeeded'],
])('holds runs to %s or not: %s, %s', async (_which, heldFolder, folder, status) => {
  const { input, target } = createSite(folder);
  await holdFolder(target(heldFolder), 'a reason');

  expect(await mirror.run({ ...input, prefix: folder })).toMatchObject({ status });
});

it('lets runs write again once it is released, and leaves no lock behind', async () => {
  const { source, destination, input, target } = createSite();
  await holdFolder(target(''), 'a reason');

  expect(await releaseFolder(target(''))).toMatchObject({ released: [{ reason: 'a reason' }], left: [] });
  expect(lockText(destination)).toBeUndefined();
  expect(await releaseFolder(target(''))).toEqual({ released: [], left: [] });
  expect(await mirror.run(input)).toMatchObject({ status: 'succeeded' });
  expect(contentsOf(destination)).toEqual(contentsOf(source));
});

it('says which hold is left if another folder than the held one is released', async () => {
  const { destination, target } = createSite();
  await holdFolder(target('site/'), 'a reason');

  expect(await releaseFolder(target('site/blog/'))).toMatchObject({ released: [], left: [{ folder: 'site/' }] });
  expect(await releaseFolder(target(''))).toMatchObject({ released: [], left: [{ folder: 'site/' }] });
  expect(holdsOf(lockText(destination))).toHaveLength(1);
});

it('has one hold for a folder, even if several people hold it, with the newest reason', async () => {
  const { destination, target } = createSite();
  await holdFolder(target(''), 'first', new Date('2026-03-01T10:00:00Z'));

  const again = await holdFolder(target(''), 'second', new Date('2026-03-02T10:00:00Z'));

  expect(again).toMatchObject({ since: '2026-03-01T10:00:00.000Z', reason: 'second' });
  expect(holdsOf(lockText(destination))).toHaveLength(1);
});

it('lets a plan look, as it writes nothing', async () => {
  const { input, target } = createSite();
  await holdFolder(target(''), 'a reason');

  expect(await mirror.run({ ...input, dryRun: true })).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
});

it('lets an active run go on to its end, which keeps the hold', async () => {
  const { source, destination, input, target } = createSite();
  let isHeld = false;

  const summary = await mirror.run(input, {
    around: async (task, _input, invoke) => {
      if (task === 'CopyRange' && !isHeld) {
        isHeld = true;
        await holdFolder(target(''), 'a reason');
      }
      return invoke();
    },
  });

  expect(summary.status).toBe('succeeded');
  expect(contentsOf(destination)).toEqual(contentsOf(source));
  expect(JSON.parse(lockText(destination) ?? '')).toMatchObject({ holders: [], holds: [{ folder: '' }] });
  expect(await mirror.run(input)).toMatchObject({ status: 'held' });
});

it('keeps the entries of other runs when it holds and releases', async () => {
  const { destination, target } = createSite();
  const other = newHolder({ folder: 'elsewhere/', writtenAt: 1_700_000_000_000 });
  putHolders(destination, [other]);

  await holdFolder(target('site/'), 'a reason');
  expect(holdersOf(destination)).toEqual([other]);
  await releaseFolder(target('site/'));

  expect(holdersOf(destination)).toEqual([other]);
  expect(holdsOf(lockText(destination))).toEqual([]);
});

it.each([
  [
    'is so long that no message could show it',
    `{"holders":[],"holds":[{"id":"${randomUUID()}","folder":"","since":"${'x'.repeat(300_000)}"}]}`,
  ],
  ['is no list', '{"holders":[],"holds":{}}'],
  ['has no id', '{"holders":[],"holds":[{"folder":"","since":"x"}]}'],
  ['has an id that could name another file', '{"holders":[],"holds":[{"id":"../../x","folder":"","since":"x"}]}'],
])('takes a lock for unreadable, and not for released, if what holds it %s', async (_what, text) => {
  const { destination, input, target } = createSite();
  destination.put('.bucketsync/lock.json', text);

  expect((await mirror.run(input)).error?.name).toBe('AlreadyRunningError');
  await expect(holdFolder(target(''), 'a reason')).rejects.toThrow('cannot be read');
  await expect(releaseFolder(target(''))).rejects.toThrow('cannot be read');
});

it('names no reason if the hold was put with another report location', async () => {
  const { destination, input } = createSite();
  const hold = { id: randomUUID(), folder: '', since: '2026-03-01T10:00:00.000Z' };
  destination.put('.bucketsync/lock.json', JSON.stringify({ holders: [], holds: [hold] }));

  expect((await mirror.run(input)).error?.message).toContain(
    'held since 2026-03-01T10:00:00.000Z. Nothing was written.',
  );
});

it('holds the lock beside the reports, for runs that keep theirs there', async () => {
  const { input, target } = createSite();
  await holdFolder({ ...target(''), lock: 'reports' }, 'a reason');

  expect(await mirror.run({ ...input, lock: 'reports' })).toMatchObject({ status: 'held' });
  await releaseFolder({ ...target(''), lock: 'reports' });
  expect(await mirror.run({ ...input, lock: 'reports' })).toMatchObject({ status: 'succeeded' });
});
