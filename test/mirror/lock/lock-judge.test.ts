import { MOST_ASKED } from '../../../lambdas/engine/lock/lock-judge';
import { writeRecord } from '../../../lambdas/engine/lock/lock-record';
import { openRunStore } from '../../../lambdas/host/run-store/open-run-store';
import { holdersOf, newHolder, putHolders } from '../../support/lock-object';
import { past, useMemoryMirror } from '../../support/memory-mirror';

const mirror = useMemoryMirror();
const ARN = 'arn:aws:states:us-east-1:111122223333:execution:BucketSync:';

function createPair() {
  const pair = mirror.createPair();
  pair.source.put('a', 'x', { lastModified: past });
  return pair;
}

/** A run store that counts what is read in it. */
function countingStore() {
  const runStore = openRunStore(mirror.reportLocation);
  const get = runStore.get.bind(runStore);
  const reads: string[] = [];
  return {
    reads,
    runStore: Object.assign(runStore, {
      get: (name: string) => {
        if (name.startsWith('locks/')) reads.push(name);
        return get(name);
      },
    }),
  };
}

/** Entries of executions that were stopped by force, each in a folder of its own. */
async function stoppedExecutions(count: number) {
  const holders = Array.from({ length: count }, (_, index) => newHolder({ folder: `${index}/` }));
  for (const { id, folder, startedAt } of holders) {
    const record = { executionId: `${ARN}${folder}`, startedAt, destination: 'any', destinationPrefix: folder };
    await writeRecord(id, record, openRunStore(mirror.reportLocation));
  }
  return holders;
}

it('takes over any number of entries that have recorded their end, and reads no record for them', async () => {
  const { destination, input } = createPair();
  const { reads, runStore } = countingStore();
  const over = Array.from({ length: 2_000 }, (_, index) =>
    newHolder({ folder: `${index}/`, ...(index % 2 === 0 ? { leaseMs: 300_000 } : { ended: true }) }),
  );
  putHolders(destination, over, new Date(Date.now() - 330_000));

  const summary = await mirror.run(input, { host: { runStore, wait: async () => {} } });

  expect(summary.status).toBe('succeeded');
  expect(reads).toEqual([]);
  expect(holdersOf(destination)).toEqual([]);
});

it('asks about a hundred runs at most, however many entries somebody has put there', async () => {
  const { destination, input } = createPair();
  const holders = await stoppedExecutions(MOST_ASKED + 1);
  putHolders(destination, holders);
  const { reads, runStore } = countingStore();
  let asked = 0;
  const isRunning = async () => {
    asked += 1;
    return false;
  };

  const { error } = await mirror.run(input, { host: { runStore, isRunning, wait: async () => {} } });

  expect(error).toMatchObject({ name: 'AlreadyRunningError' });
  expect(error?.message).toContain(`has more than ${MOST_ASKED} entries of runs`);
  expect(error?.message).toContain(`bucketsync unlock s3://${input.destination}/`);
  expect([reads.length, asked]).toEqual([MOST_ASKED, MOST_ASKED]);

  putHolders(destination, holders.slice(1));
  const next = await mirror.run(input, { host: { isRunning, wait: async () => {} } });
  expect(next.status).toBe('succeeded');
});

it('asks about no run whose folder does not overlap', async () => {
  const { destination, input } = createPair();
  putHolders(destination, await stoppedExecutions(MOST_ASKED + 1));
  const { reads, runStore } = countingStore();

  const summary = await mirror.run({ ...input, destinationPrefix: 'apart' }, { host: { runStore } });

  expect(summary.status).toBe('succeeded');
  expect(reads).toEqual([]);
});
