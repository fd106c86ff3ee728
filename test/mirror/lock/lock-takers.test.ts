import { takeLock } from '../../../lambdas/engine/lock/run-lock';
import type { Host } from '../../../lambdas/engine/ports/host';
import { S3LockStore } from '../../../lambdas/host/lock-store/s3-lock-store';
import { openRunStore } from '../../../lambdas/host/run-store/open-run-store';
import { useMirror } from '../../support/mirror';
import { temporaryFolder } from '../../support/temporary-folder';
import { lockPlaces, useLockUsers } from './lock-users';

const mirror = useMirror();
const folder = temporaryFolder();

const ARN = 'arn:aws:states:eu-west-1:111122223333:execution:BucketSync';
const S = 1000;

describe.each(lockPlaces(folder))('a lock in %s', (_where, lock, location) => {
  const { dead, waits, host, newDestination, holdersOf, storeOf, take, release, runOf } = useLockUsers(
    mirror,
    lock,
    location,
  );

  /** Who of many that take it at once gets it; the others must meet AlreadyRunningError. */
  async function takeAtOnce(destination: string, takers: readonly string[], prefix?: string): Promise<string[]> {
    const results = await Promise.allSettled(takers.map((taker) => take(destination, taker, prefix)));
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ name: 'AlreadyRunningError' });
    }
    return takers.filter((_taker, index) => results[index]?.status === 'fulfilled');
  }

  it('goes to one of many runs that take a free lock at the same time', async () => {
    expect(await takeAtOnce(newDestination(), ['a', 'b', 'c', 'd', 'e', 'f'])).toHaveLength(1);
  });

  it('goes to one of many runs that take over a dead lock at the same time, and then to no other run', async () => {
    const destination = newDestination();
    await take(destination, 'dead-1');
    dead.add('dead-1');

    expect(await takeAtOnce(destination, ['a', 'b', 'c', 'd', 'e', 'f'])).toHaveLength(1);
    expect(await takeAtOnce(destination, ['late'])).toEqual([]);
  });

  it.each<[held: string, others: string[], apart: string[]]>([
    ['', ['', 'a/', 'a/b/', 'ä/', '../a/'], []],
    ['a/', ['', 'a/', 'a/b/'], ['b/', 'a-b/', 'ab/', 'ä/', 'b/a/']],
    ['a/b/', ['', 'a/', 'a/b/', 'a/b/c/'], ['a/c/', 'b/', 'a/bc/']],
  ])('of folder %j excludes runs to folders around it or inside it, and no other run', async (held, others, apart) => {
    const destination = newDestination();
    await take(destination, 'holder', held);
    for (const prefix of others) expect(await takeAtOnce(destination, ['x'], prefix)).toEqual([]);
    for (const [index, prefix] of apart.entries()) {
      const free = newDestination();
      await take(free, 'holder', held);
      expect(await takeAtOnce(free, [`x${index}`], prefix)).toEqual([`x${index}`]);
      expect(await holdersOf(free)).toHaveLength(2);
    }
  });

  it('is held by many runs at once if their folders do not overlap, and is gone when the last run has left', async () => {
    const destination = newDestination();
    const folders = ['a/', 'b/', 'c/', 'd/', 'e/'];
    const ids = await Promise.all(folders.map((prefix) => take(destination, `of ${prefix}`, prefix)));
    expect((await holdersOf(destination))?.map((holder) => holder.folder).sort()).toEqual(folders);

    await Promise.all(ids.map((id, index) => release(destination, `of ${folders[index]}`, id)));

    expect(await storeOf(destination).read()).toBeUndefined();
    expect(mirror.s3.bucket(destination).index.size).toBe(0);
    expect(await openRunStore(location).list('locks/buckets/')).not.toContain(`locks/buckets/${destination}.json`);
  });

  it('that was taken, but whose answers were all lost, can be taken over once that run has ended', async () => {
    const destination = newDestination();
    const lost = new Error('no answer');
    const openLock: Host['openLock'] = (place) => {
      const store = new S3LockStore(place);
      const write = (body: string, over?: string) => S3LockStore.prototype.write.call(store, body, over).then(lose);
      return Object.assign(store, { write });
    };
    const lose = (): never => {
      throw lost;
    };
    const runStore = openRunStore(location);
    const write = runStore.replace.bind(runStore);
    Object.assign(runStore, { replace: (...args: Parameters<typeof write>) => write(...args).then(lose) });
    await expect(takeLock(runOf(destination, 'unheard'), host({ openLock, runStore }))).rejects.toBe(lost);
    dead.add('unheard');

    expect(await takeAtOnce(destination, ['next'])).toEqual(['next']);
  });

  it('takes over all ended entries of folders within its own, and waits for none that has not ended', async () => {
    const destination = newDestination();
    for (const name of ['ended-1', 'ended-2']) await take(destination, name, `${name}/`);
    await take(destination, 'alive', 'alive/');
    dead.add('ended-1').add('ended-2');

    expect(await takeAtOnce(destination, ['all'])).toEqual([]);
    dead.add('alive');
    expect(await takeAtOnce(destination, ['all'])).toEqual(['all']);
    expect(await holdersOf(destination)).toHaveLength(1);
  });

  it('is used after a takeover only when functions of the former execution in AWS have noticed', async () => {
    for (const former of ['local:host:1:x', `${ARN}:x`]) {
      const destination = newDestination();
      await take(destination, former);
      dead.add(former);
      await take(destination, 'next');
    }
    expect(waits).toEqual([15 * S]);
  });

  it('is waited for again by a run that took it over and lost the answer, or is retried', async () => {
    const destination = newDestination();
    await take(destination, `${ARN}:y`);
    dead.add(`${ARN}:y`);

    const first = await take(destination, 'next');
    const second = await take(destination, 'next');

    expect(second).toBe(first);
    expect(waits).toEqual([15 * S, 15 * S]);
  });

  it('can be taken again by the execution that has it, as a retried Task does', async () => {
    const destination = newDestination();
    await take(destination, 'a');
    expect(await takeAtOnce(destination, ['a'])).toEqual(['a']);
    expect(await takeAtOnce(destination, ['b'])).toEqual([]);
  });

  it('is released by the execution that has it, and by no other', async () => {
    const destination = newDestination();
    const id = await take(destination, 'a');
    await release(destination, 'b', '11111111-1111-1111-1111-111111111111');
    expect(await takeAtOnce(destination, ['c'])).toEqual([]);
    await release(destination, 'a', id);
    await release(destination, 'a', id);
    expect(await takeAtOnce(destination, ['c'])).toEqual(['c']);
  });

  it('is kept by a run that failed in AWS until its functions have noticed that it has ended', async () => {
    const waited: unknown[] = [];
    for (const run of ['local:host:1:x', `${ARN}:z`]) {
      const destination = newDestination();
      const id = await take(destination, run);
      const wait = async (milliseconds: number) => {
        waits.push(milliseconds);
        waited.push((await holdersOf(destination))?.[0]?.ended, await takeAtOnce(destination, ['next']));
      };
      await release(destination, run, id, true, host({ wait }));
      expect(await takeAtOnce(destination, ['next'])).toEqual(['next']);
    }
    expect(waits).toEqual([15 * S]);
    expect(waited).toEqual([true, []]);
  });

  it('says who holds it only beside the reports', async () => {
    const destination = newDestination();
    const id = await take(destination, `${ARN}:secret`, 'site');
    const stored = await storeOf(destination).read();

    expect(Object.keys(JSON.parse(stored?.body ?? '{}').holders[0]).sort()).toEqual(['folder', 'id', 'startedAt']);
    const record = await openRunStore(location).get(`locks/runs/${id}.json`);
    expect(JSON.parse(String(record?.body))).toMatchObject({ executionId: `${ARN}:secret` });
  });

  it('leaves no record of a run that could not take it, or that released it', async () => {
    const destination = newDestination();
    const before = await openRunStore(location).list('locks/runs/');
    const id = await take(destination, 'a');
    await takeAtOnce(destination, ['b', 'c']);
    await release(destination, 'a', id);
    expect(await openRunStore(location).list('locks/runs/')).toEqual(before);
  });

  it('names its run, the time, the folder, and how to remove it', async () => {
    const destination = newDestination();
    await take(destination, 'a', 'site');
    const place = location.startsWith('file:') ? folder : location;
    const unlock = `bucketsync unlock s3://${destination}/site/ --report-location ${place}`;

    await expect(take(destination, 'b', 'site')).rejects.toThrow(
      `Another run has been writing to s3://${destination}/site/ since 2026-01-01T00:00:00Z: a. Wait for it or stop it. ` +
        `If you know that it has ended: ${unlock}`,
    );
    await expect(take(destination, 'b')).rejects.toThrow(
      `Another run has been writing to s3://${destination}/site/, which overlaps s3://${destination}/, since`,
    );
  });

  it('is not taken from a run that keeps its reports elsewhere and has no lease, whatever is dead', async () => {
    const destination = newDestination();
    const id = await take(destination, `${ARN}:stranger`);
    dead.add(`${ARN}:stranger`);
    await openRunStore(location).delete(`locks/runs/${id}.json`);

    const refusal = take(destination, 'b');

    await expect(refusal).rejects.toThrow('a run that keeps its reports elsewhere');
    await expect(refusal).rejects.toMatchObject({ name: 'AlreadyRunningError' });
  });

  it('lets one of two runs that start at once write, and the other touch nothing', async () => {
    // Given
    const { source, destination, input } = mirror.createPair();
    for (let index = 0; index < 30; index++) source.put(`k${index}`, 'x', { lastModified: new Date(0) });
    let copies = 0;
    mirror.s3.onRequest = ({ operation }) => {
      if (operation === 'CopyObject') copies += 1;
      return undefined;
    };

    // When
    const options = { host: { runStore: openRunStore(location) } };
    const summaries = await Promise.all([1, 2].map(() => mirror.run({ ...input, lock }, options)));

    // Then; should the first one end before the second begins, both are fine and the second has nothing to do
    expect(summaries.some(({ status }) => status === 'succeeded')).toBe(true);
    for (const { status, error } of summaries) {
      if (status === 'failed') expect(error?.name).toBe('AlreadyRunningError');
    }
    expect(copies).toBe(30);
    expect(destination.index.size).toBe(30);
  });
});
