import { setImmediate } from 'node:timers/promises';
import { Surcharges } from '../../../lambdas/engine/cost/surcharges';
import type { DeleteAllowance } from '../../../lambdas/engine/delete/delete-allowance';
import { type DeleteTask, OrphanDeleter } from '../../../lambdas/engine/delete/orphan-deleter';
import { OrphanProof } from '../../../lambdas/engine/delete/orphan-proof';
import type { BucketReader, ObjectHead } from '../../../lambdas/engine/ports/bucket-reader';
import type { BucketWriter, ConfirmDeletes, DeleteRequest } from '../../../lambdas/engine/ports/bucket-writer';
import { StoreError } from '../../../lambdas/engine/ports/store-error';
import { Ledger } from '../../../lambdas/engine/range/ledger';
import { past } from '../../support/mirror';

const name = (index: number) => `k${String(index).padStart(2, '0')}`;

it.each([
  [4_999, ['k', 'l']],
  [5_000, ['l']],
])(
  'decides a batch again that waited for its turn for %d ms, if that is five seconds or more',
  async (waitedMs, sent) => {
    // Given an orphan that is put back before the turn of its batch comes
    let now = 0;
    const back = { key: 'k', sizeBytes: 1, eTag: 'e', lastModified: 0, storageClass: 'STANDARD', archived: false };
    const source = {
      listPage: async () => ({ objects: [back] }),
      async headObject(key: string) {
        if (key !== back.key) throw new StoreError('gone', 'NotFound');
        return back;
      },
    } as unknown as BucketReader;
    const deleted: string[] = [];
    const ledger = newLedger();
    const task = {
      input: {
        phase: { write: true },
        run: { startedAt: past.toISOString(), input: { conditional: false }, settings: {} },
      },
      sides: { proof: 'list', isDestinationAws: true },
      ledger,
      surcharges: new Surcharges(ledger.counters, () => now),
      now: () => now,
      concurrency: {
        send(request: () => Promise<void>) {
          now += waitedMs;
          return request();
        },
      },
      buckets: {
        destination: {
          async deleteObjects(requests: readonly DeleteRequest[], confirm: ConfirmDeletes) {
            deleted.push(...(await confirm(requests, 1)).map(({ key }) => key));
            return [];
          },
        },
      },
    } as unknown as DeleteTask;
    const deleter = new OrphanDeleter(task, { take: () => true } as DeleteAllowance, new OrphanProof(source, 'list'));

    // When
    for (const key of ['k', 'l']) void deleter.delete({ ...back, key });
    await deleter.flush();

    // Then
    expect(deleted).toEqual(sent);
    expect(ledger.counters).toMatchObject({ deleted: sent.length, unchanged: 2 - sent.length });
  },
);

function newLedger(): Ledger {
  return new Ledger({ add: () => undefined }, { name: 'sync' }, () => 0);
}

/** A Task that deletes orphans at a clock of its own, and what happens while they are asked for, and deleted. */
function deletingAt(
  proof: 'list' | 'head',
  source: Partial<BucketReader>,
  deleteObjects: BucketWriter['deleteObjects'],
) {
  const clock = { now: 0 };
  const ledger = newLedger();
  const { counters } = ledger;
  const task = {
    input: {
      phase: { write: true },
      run: { startedAt: past.toISOString(), input: { conditional: false }, settings: {} },
    },
    sides: { proof, isDestinationAws: true },
    ledger,
    surcharges: new Surcharges(counters, () => clock.now),
    now: () => clock.now,
    concurrency: { send: (request: () => Promise<void>) => request() },
    buckets: { destination: { deleteObjects } },
  } as unknown as DeleteTask;
  const deleter = new OrphanDeleter(
    task,
    { take: () => true } as DeleteAllowance,
    new OrphanProof(source as BucketReader, proof),
  );
  const listed = { sizeBytes: 1, eTag: 'e', lastModified: Date.now(), storageClass: 'STANDARD', archived: false };
  const headOf = (isThere: boolean) => {
    if (!isThere) throw new StoreError('gone', 'NotFound');
    return { ...listed, attributes: { metadata: {} }, opaqueETag: false, checksums: {}, tagCount: 0 } as ObjectHead;
  };
  return { clock, counters, deleter, listed, headOf };
}

it('decides each key again whose turn comes late, if a server rejects batches', async () => {
  // Given a server that takes two seconds for each delete, and an orphan that comes back in the middle
  const there: string[] = [];
  const sent: string[] = [];
  const source = {
    listPage: async () => ({ objects: there.map((key) => ({ ...listed, key })) }),
    headObject: async (key: string) => headOf(there.includes(key)),
  };
  const { clock, counters, deleter, listed, headOf } = deletingAt(
    'list',
    source,
    async (requests, confirm = (all) => all) => {
      for (const request of requests) {
        sent.push(...(await confirm([request], 1)).map(({ key }) => key));
        clock.now += 2_000;
        if (request.key === 'k03') there.push('k08');
      }
      return [];
    },
  );

  // When
  for (let index = 0; index < 10; index++) void deleter.delete({ ...listed, key: name(index) });
  await deleter.flush();

  // Then
  expect(sent).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 9].map(name));
  expect(counters).toMatchObject({ deleted: 9, unchanged: 1 });
});

it.each(['list', 'head'] as const)(
  'decides again what was decided before the server was away, with `proof: %j`',
  async (proof) => {
    // Given a server that is away for 100 s before it answers for the second key; the first comes back meanwhile
    const there = new Set<string>();
    let asked = proof === 'head' ? 0 : 1; // HEADs come first in any case
    const outage = () => {
      if (++asked !== 2) return;
      clock.now += 100_000;
      there.add('k');
    };
    const source: Partial<BucketReader> = {
      async headObject(key) {
        const isThere = there.has(key);
        if (key === 'l') await setImmediate().then(outage);
        return headOf(isThere);
      },
      async listPage({ startAfter, continuation }) {
        const [isFirst, isThere] = [continuation === undefined && (startAfter ?? '') < 'k', there.has('k')];
        if (!isFirst) outage();
        const first = isThere ? [{ ...listed, key: 'k' }] : [];
        return isFirst
          ? { objects: [...first, { ...listed, key: 'kk' }], next: 'behind kk' }
          : { objects: [{ ...listed, key: 'z' }] };
      },
    };
    const deleted: string[] = [];
    const { clock, counters, deleter, listed, headOf } = deletingAt(proof, source, async (requests, confirm) => {
      clock.now += 6_000;
      deleted.push(...((await confirm?.(requests, 1)) ?? []).map(({ key }) => key));
      return [];
    });

    // When
    for (const key of ['k', 'l']) void deleter.delete({ ...listed, key });
    await deleter.flush();

    // Then
    expect(deleted).toEqual(['l']);
    expect(counters).toMatchObject({ deleted: 1, unchanged: 1 });
  },
);
