import { randomUUID } from 'node:crypto';
import { changeLock } from '../../../lambdas/engine/lock/change-lock';
import { removeHold } from '../../../lambdas/engine/lock/hold';
import { type Hold, type Lock, NO_LOCK, readLock } from '../../../lambdas/engine/lock/lock-document';
import { leave } from '../../../lambdas/engine/lock/run-lock';
import type { LockStore } from '../../../lambdas/engine/ports/lock-store';
import { NoRunStore } from '../../../lambdas/host/run-store/no-run-store';

const hold = (folder: string): Hold => ({ id: randomUUID(), folder, since: '2026-03-01T10:00:00.000Z' });
const release = (destinationPrefix: string, store: LockStore) =>
  removeHold({ destination: 'a-bucket', destinationPrefix }, store, new NoRunStore());
const add = (added: Hold) => (lock: Lock) => ({ kept: [], holds: [...lock.holds, added] });

/** A lock whose every version has a number. */
class NumberedLock implements LockStore {
  readonly place = 'here';
  /** Called before each write and removal. */
  before: () => void = () => {};
  /** Writes whose answers get lost: they are done, and seem not to be. */
  lost = 0;
  reads = 0;
  writes = 0;
  #body: string | undefined;
  #version = 1;

  async read() {
    this.reads += 1;
    return this.#body === undefined ? undefined : { body: this.#body, version: `${this.#version}` };
  }

  async write(body: string, over: string | undefined) {
    this.before();
    return this.#put(body, over);
  }

  async remove(version: string) {
    this.before();
    return this.#put(undefined, version);
  }

  async discard() {}
  async requireConditions() {}

  /** What another run writes. */
  overwrite(holds: readonly Hold[]): void {
    this.#body = JSON.stringify({ holders: [], holds });
    this.#version += 1;
  }

  #put(body: string | undefined, over: string | undefined): boolean {
    this.writes += 1;
    if (over !== (this.#body === undefined ? undefined : `${this.#version}`)) return false;
    this.#body = body;
    this.#version += 1;
    this.lost -= 1;
    return this.lost < 0;
  }
}

it('keeps what another run writes between the read and the write', async () => {
  const [store, mine, theirs] = [new NumberedLock(), hold('mine/'), hold('theirs/')];
  store.before = () => {
    store.before = () => {};
    store.overwrite([theirs]);
  };

  await changeLock(store, add(mine));

  expect((await readLock(store)).holds).toEqual([theirs, mine]);
});

it('removes a lock in which nothing is left', async () => {
  const store = new NumberedLock();
  await changeLock(store, add(hold('')));

  expect(await release('', store)).toHaveLength(1);
  expect(await store.read()).toBeUndefined();
});

it('tells what a try has removed whose answer was lost', async () => {
  const [store, mine] = [new NumberedLock(), hold('mine/')];
  await changeLock(store, add(mine));

  store.lost = 1;
  expect(await release('mine/', store)).toEqual([mine]);

  const own = { id: randomUUID(), folder: '', startedAt: mine.since };
  await changeLock(store, () => ({ kept: [], own }));
  store.lost = 1;
  expect(await leave(own.id, store)).toBe(true);
});

it('changes nothing in a lock without the entry', async () => {
  const store = new NumberedLock();
  store.overwrite([hold('theirs/')]);
  const before = await store.read();

  expect(await leave(randomUUID(), store)).toBe(false);
  expect(await release('', store)).toEqual([]);
  expect(await store.read()).toEqual(before);
});

it('gives up if others keep changing the lock', async () => {
  const store = new NumberedLock();
  store.before = () => store.overwrite([hold('theirs/')]);

  await expect(changeLock(store, add(hold('mine/')))).rejects.toThrow(
    'Could not change the lock here: other runs keep',
  );
  expect(store.writes).toBe(20);
});

it('says in the words of its caller that others keep changing the lock', async () => {
  const store = new NumberedLock();
  store.before = () => store.overwrite([hold('theirs/')]);
  const contested = (place: string, tries: number) => new Error(`${tries} writes to ${place}`);

  await expect(changeLock(store, add(hold('mine/')), { contested })).rejects.toThrow('20 writes to here');
});

it('looks once more after its last write, since only the answer may have got lost', async () => {
  const [store, mine] = [new NumberedLock(), hold('mine/')];
  store.before = () => (store.writes < 19 ? store.overwrite([hold('theirs/')]) : undefined);
  store.lost = 1;
  const unlessThere = (lock: Lock) => (lock.holds.some(({ id }) => id === mine.id) ? undefined : add(mine)(lock));

  await changeLock(store, unlessThere);

  expect(store.writes).toBe(20);
  expect((await readLock(store)).holds).toContainEqual(mine);
});

it('does not read a lock that is as expected, and reads it if it is not', async () => {
  const [store, mine, more] = [new NumberedLock(), hold('mine/'), hold('more/')];

  await changeLock(store, add(mine), { expected: NO_LOCK });
  expect(store.reads).toBe(0);

  await changeLock(store, add(more), { expected: NO_LOCK });
  expect(store.reads).toBe(1);
  expect((await readLock(store)).holds).toEqual([mine, more]);
});
