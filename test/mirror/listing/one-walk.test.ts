import fc from 'fast-check';
import type { Answer } from '../../../local/s3/call';
import type { RangeInput } from '../../../statemachine/contract';
import { key } from '../../support/arbitrary-keys';
import { randomCases } from '../../support/length';
import { past, useMemoryMirror } from '../../support/memory-mirror';
import { useMirror } from '../../support/mirror';
import { reportLines } from '../../support/report-lines';

const mirror = useMemoryMirror();
/** For answers that arrive in an order of our own. */
const overHttp = useMirror();

const N = 3500;
const PAGES = Math.ceil(N / 1000);
const name = (index: number) => `key-${String(index).padStart(6, '0')}`;

describe('a phase that only decides', () => {
  it.each([
    ['plan', { dryRun: true }],
    ['verify', { verify: true }],
  ])('lists each side once: %s', async (phaseName, options) => {
    const { source, destination, input } = mirror.createPair();
    for (let index = 0; index < N; index++) {
      source.put(name(index), 'x', { lastModified: past });
      destination.put(name(index), 'x');
    }

    const summary = await mirror.run({ ...input, plan: phaseName === 'plan', ...options });

    const phase = summary.phases.find(({ name }) => name === phaseName);
    expect(phase?.copy).toMatchObject({ listed: N, unchanged: N, requests: { list: 2 * PAGES, head: 0 } });
    expect(phase?.delete).toMatchObject({ listed: N, unchanged: N, requests: { list: 0, head: 0 } });
  });

  it.each([{ pageSize: 1 }, { pageSize: 3 }, { pageSize: 1000 }])(
    'foretells each copy and each delete, wherever the budget stops it: %j',
    async ({ pageSize }) => {
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(fc.tuple(key, place), { maxLength: 30, selector: ([given]) => given }),
          fc.integer({ min: 1, max: 60 }),
          fc.constantFrom({}, { minSize: 10 }, { maxSize: 10 }),
          async (objects, budget, filters) => {
            // Given two buckets that differ
            const { source, destination, input } = mirror.createPair();
            for (const [given, where] of objects) {
              if (where !== 'destination') source.put(given, `content of ${given}`, { lastModified: past });
              if (where === 'destination') destination.put(given, 'orphan');
              if (where === 'both equal') destination.put(given, `content of ${given}`);
              if (where === 'both different') destination.put(given, 'outdated');
            }
            const request = { ...input, ...filters, allowEmptySource: true };
            const listed = source.index.size + destination.index.size;
            let time = 0;
            const options = { pageSize, host: { now: () => time++, roundBudgetsMs: [budget] } };

            // When
            const plan = await mirror.run({ ...request, dryRun: true }, options);
            const run = await mirror.run(request, { pageSize });

            // Then
            const actions = (summary: typeof run) =>
              reportLines(summary, 'actions')
                .map(({ action, key, reason }) => `${action} ${key} ${reason}`)
                .sort();
            expect(plan).toMatchObject({ status: 'succeeded', totals: outcomes(run.totals) });
            expect(plan.totals.listed).toBe(listed);
            expect(actions(plan)).toEqual(actions(run));
          },
        ),
        randomCases({ quick: 4, full: 40 }),
      );
    },
  );

  it('cuts what only the destination has among many Tasks', async () => {
    const { source, destination, input } = mirror.createPair();
    source.put('a', 'x', { lastModified: past });
    for (let index = 0; index < 600; index++) destination.put(`${index % 7}/${name(index)}`, 'x');
    let time = 0;
    const host = { now: () => time++, roundBudgetsMs: [50, 200], rangesAtOnce: 8 };
    const tasks: number[] = [];

    const plan = await mirror.run(
      { ...input, dryRun: true },
      {
        pageSize: 10,
        host,
        around: async (task, taskInput, invoke) => {
          if (task === 'CopyRange') tasks.push((taskInput as { share: { ranges: number } }).share.ranges);
          return invoke();
        },
      },
    );

    expect(plan.totals).toMatchObject({ copied: 1, deleted: 600 });
    expect(Math.max(...tasks)).toBeGreaterThan(4);
  });
});

describe('a verify phase', () => {
  it('takes no object for an orphan that is put on both sides while it lists', async () => {
    // Given an object that comes to both sides between the only page of the source and that of the destination
    const { source, destination, input } = overHttp.createPair();
    for (const given of ['a', 'z']) source.put(given, 'x', { lastModified: past });
    for (const given of ['a', 'z']) destination.put(given, 'x');
    const listed = Promise.withResolvers<void>();
    let verifies = false;
    overHttp.s3.onRequest = async ({ operation, bucket }) => {
      if (!verifies || operation !== 'ListObjectsV2') return undefined;
      if (bucket === source.name) {
        const alter = (answer: Answer) => {
          listed.resolve();
          return answer;
        };
        return { alter };
      }
      await listed.promise;
      for (const side of [source, destination]) side.put('m', 'new', { lastModified: past });
      return undefined;
    };

    // When
    const summary = await overHttp.run(
      { ...input, plan: false, verify: true },
      {
        around: (task, taskInput, invoke) => {
          verifies = task === 'CopyRange' && (taskInput as RangeInput).phase.name === 'verify';
          return invoke();
        },
      },
    );

    // Then
    expect(destination.index.get('m')).toBeDefined();
    expect(summary).toMatchObject({ status: 'succeeded' });
  });

  it('fails for each orphan that the source does not tell of, and a retry goes on with it', async () => {
    // Given an orphan that comes after the deletes, many pages, and a source that does not tell of it
    const { source, destination, input } = mirror.createPair();
    for (const given of ['a', 'b', 'c', 'd', 'e', 'f']) source.put(given, 'x', { lastModified: past });
    let asked = 0;
    mirror.s3.onRequest = ({ operation, bucket, key: name }) => {
      if (bucket !== source.name || operation !== 'HeadObject' || name !== 'b-orphan') return undefined;
      asked += 1;
      return { status: 403, code: 'AccessDenied' };
    };

    // When
    const summary = await mirror.run(
      { ...input, plan: false, verify: true },
      {
        pageSize: 2,
        around: (task, taskInput, invoke) => {
          const isVerify = task === 'CopyRange' && (taskInput as RangeInput).phase.name === 'verify';
          if (isVerify && asked === 0) destination.put('b-orphan', 'somebody put it', { lastModified: past });
          return invoke();
        },
      },
    );

    // Then
    expect(asked).toBeGreaterThan(0);
    expect(summary).toMatchObject({ status: 'failed', error: { keys: ['b-orphan'] } });
    expect(summary.phases.at(-1)).toMatchObject({ name: 'verify', delete: { failed: 1, listed: 7, unchanged: 6 } });

    // And a retry deletes it
    mirror.s3.onRequest = undefined;
    expect(await mirror.run({ ...input, retry: summary.runId })).toMatchObject({ totals: { deleted: 1, failed: 0 } });
    expect(destination.index.get('b-orphan')).toBeUndefined();
  });

  it('fails for each orphan among many if the source cannot be listed for them', async () => {
    // Given many neighbours that come after the deletes, and a source that cannot be listed where they are
    const { source, destination, input } = mirror.createPair();
    for (const given of ['a', 'c']) source.put(given, 'x', { lastModified: past });
    const orphans = Array.from({ length: 30 }, (_, index) => `b-orphan-${index + 10}`);
    let asked = 0;
    mirror.s3.onRequest = ({ operation, bucket, query }) => {
      const isProof = operation === 'ListObjectsV2' && query.get('start-after')?.startsWith('b-orphan');
      if (bucket !== source.name || !isProof) return undefined;
      asked += 1;
      return { status: 400, code: 'InvalidRequest' };
    };

    // When
    const summary = await mirror.run(
      { ...input, plan: false, verify: true, proof: 'list' },
      {
        around: (task, taskInput, invoke) => {
          const isVerify = task === 'CopyRange' && (taskInput as RangeInput).phase.name === 'verify';
          if (isVerify && asked === 0) for (const key of orphans) destination.put(key, 'x', { lastModified: past });
          return invoke();
        },
      },
    );

    // Then
    expect(asked).toBeGreaterThan(0);
    expect(summary.phases.at(-1)).toMatchObject({ name: 'verify', delete: { failed: 30 } });
  });
});

const place = fc.constantFrom('source', 'destination', 'both equal', 'both different');

/** What a run has in common with its plan; it may list what it has just copied. */
function outcomes({ copied, copiedBytes, deleted, failed, skipped }: Totals): Totals {
  return { copied, copiedBytes, deleted, failed, skipped };
}

type Totals = Readonly<Record<'copied' | 'copiedBytes' | 'deleted' | 'failed' | 'skipped', number>>;
