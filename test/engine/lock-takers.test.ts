import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openRunStore } from '../../lambdas/aws/run-store';
import type { Host } from '../../lambdas/engine/host';
import { findLock, releaseLock, takeLock } from '../../lambdas/engine/run-lock';
import type { SyncInput } from '../../statemachine/contract';
import { parseSyncInput } from '../../statemachine/sync-input';
import { useMirror } from '../support/mirror';

const mirror = useMirror();
beforeAll(() => {
  mirror.s3.createBucket('a-lock-bucket');
});
afterAll(() => rmSync(folder, { recursive: true }));

const folder = mkdtempSync(join(tmpdir(), 'bucketsync-locks-'));
let inputs = 0;

/** A destination that no other test locks. */
function createInput(more: object = {}): SyncInput {
  inputs += 1;
  return parseSyncInput({ source: 'any-source', destination: `locked-${inputs}`, ...more });
}

describe.each([
  ['a folder', pathToFileURL(folder).href],
  ['a bucket', 's3://a-lock-bucket'],
])('a lock in %s', (_where, location) => {
  const dead = new Set<string>();
  const waits: number[] = [];

  function host(): Host {
    const isRunning = async (executionId: string) => !dead.has(executionId);
    const wait = async (milliseconds: number) => void waits.push(milliseconds);
    return { runStore: openRunStore(location), isRunning, wait } as Partial<Host> as Host;
  }

  const lock = (executionId: string) => ({ executionId, startedAt: '2026-01-01T00:00:00Z' });

  /** Who of many that take it at once gets it; the others must meet AlreadyRunningError. */
  async function takeAtOnce(input: SyncInput, takers: readonly string[]): Promise<string[]> {
    const results = await Promise.allSettled(takers.map((taker) => takeLock(input, lock(taker), host())));
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ name: 'AlreadyRunningError' });
    }
    return takers.filter((_taker, index) => results[index]?.status === 'fulfilled');
  }

  it('goes to one of many that take a free one at once', async () => {
    expect(await takeAtOnce(createInput(), ['a', 'b', 'c', 'd', 'e', 'f'])).toHaveLength(1);
  });

  it('goes to one of many that take over a dead one at once, and then to nobody else', async () => {
    const input = createInput();
    await takeLock(input, lock('dead'), host());
    dead.add('dead');

    const winners = await takeAtOnce(input, ['a', 'b', 'c', 'd', 'e', 'f']);

    expect(winners).toHaveLength(1);
    expect(await takeAtOnce(input, ['late'])).toEqual([]);
  });

  it('is waited for, where it is taken over, until functions of the former execution in AWS have noticed', async () => {
    waits.splice(0);
    for (const former of ['local:host:1:x', 'arn:aws:states:eu-west-1:111122223333:execution:BucketSync:x']) {
      const input = createInput();
      await takeLock(input, lock(former), host());
      dead.add(former);
      await takeLock(input, lock('next'), host());
    }
    expect(waits).toEqual([15_000]);
  });

  it('is waited for again by who took it over and was not told, or is tried again', async () => {
    const input = createInput();
    const former = 'arn:aws:states:eu-west-1:111122223333:execution:BucketSync:y';
    await takeLock(input, lock(former), host());
    dead.add(former);
    const { runStore, ...others } = host();
    const replace: typeof runStore.replace = async (name, body, version) => {
      await runStore.replace(name, body, version);
      return false; // S3 refuses the second attempt of a request whose answer was lost
    };
    waits.splice(0);

    await takeLock(input, lock('next'), { ...others, runStore: Object.assign(openRunStore(location), { replace }) });
    await takeLock(input, lock('next'), host());

    expect(waits).toEqual([15_000, 15_000]);
  });

  it('can be taken again by the execution that has it, as a Task that is tried again does', async () => {
    const input = createInput();
    await takeLock(input, lock('a'), host());
    expect(await takeAtOnce(input, ['a'])).toEqual(['a']);
    expect(await takeAtOnce(input, ['b'])).toEqual([]);
  });

  it('is given back by the execution that has it, and by no other', async () => {
    const input = createInput();
    await takeLock(input, lock('a'), host());
    await releaseLock(input, 'b', host(), false);
    expect(await takeAtOnce(input, ['c'])).toEqual([]);
    await releaseLock(input, 'a', host(), false);
    await releaseLock(input, 'a', host(), false);
    expect(await takeAtOnce(input, ['c'])).toEqual(['c']);
  });

  it('is not given back by an execution that loses it at this very moment', async () => {
    const input = createInput();
    await takeLock(input, lock('loser'), host());
    dead.add('loser');
    const { runStore } = host();
    const get: typeof runStore.get = async (name) => {
      const found = await openRunStore(location).get(name);
      await takeLock(input, lock('winner'), host());
      return found;
    };

    await releaseLock(input, 'loser', { ...host(), runStore: Object.assign(runStore, { get }) }, false);

    expect(await takeAtOnce(input, ['c'])).toEqual([]);
  });

  it('is kept by a run that broke off in AWS until its functions have noticed that it has ended', async () => {
    const waited: (readonly string[] | boolean | undefined)[] = [];
    for (const run of ['local:host:1:x', 'arn:aws:states:eu-west-1:111122223333:execution:BucketSync:z']) {
      const input = createInput();
      await takeLock(input, lock(run), host());
      const wait = async (milliseconds: number) => {
        waits.push(milliseconds);
        waited.push((await findLock(input, openRunStore(location)))?.holder?.ended, await takeAtOnce(input, ['next']));
      };
      waits.splice(0);
      await releaseLock(input, run, { ...host(), wait }, true);
      expect(await takeAtOnce(input, ['next'])).toEqual(['next']);
    }
    expect(waits).toEqual([15_000]);
    expect(waited).toEqual([true, []]);
  });

  it('is one of its own for each folder of a destination', async () => {
    const input = createInput();
    for (const destinationPrefix of ['', 'a', 'a/b', 'ä', '../a']) {
      expect(await takeAtOnce({ ...input, destinationPrefix }, ['x'])).toEqual(['x']);
    }
    expect(await takeAtOnce({ ...input, prefix: 'another', destinationPrefix: 'a' }, ['y'])).toEqual([]);
  });

  it('names who has it, since when, and how to remove it', async () => {
    const input = createInput({ destinationPrefix: 'site' });
    await takeLock(input, lock('a'), host());
    const refusal = takeLock(input, lock('b'), host());
    await expect(refusal).rejects.toThrow(
      `Another run has been writing to s3://${input.destination}/site/ since 2026-01-01T00:00:00Z: a.`,
    );
    const place = location.startsWith('file:') ? folder : location;
    await expect(refusal).rejects.toThrow(
      `bucketsync unlock s3://${input.destination}/site/ --report-location ${place}`,
    );
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
    const summaries = await Promise.all([mirror.run(input, options), mirror.run(input, options)]);

    // Then; should the first one end before the second begins, both are fine and the second has nothing to do
    expect(summaries.some(({ status }) => status === 'succeeded')).toBe(true);
    for (const { status, error } of summaries) {
      if (status === 'failed') expect(error?.name).toBe('AlreadyRunningError');
    }
    expect(copies).toBe(30);
    expect(destination.index.size).toBe(30);
  });
});
