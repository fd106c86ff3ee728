import { randomUUID } from 'node:crypto';
import { parseDeployedMirror } from '../../../statemachine/input/deployed-mirrors';
import type { SyncRequest } from '../../../statemachine/input/sync-input';
import { ESSENTIAL_METRICS, type MetricSet, MORE_METRICS } from '../../../statemachine/metrics';
import { past } from '../../support/any-mirror';
import { holdersOf } from '../../support/lock-object';
import { useMemoryMirror } from '../../support/memory-mirror';
import { createSmallSite } from '../../support/small-site';

const mirror = useMemoryMirror();

type Line = Readonly<Record<string, unknown>>;

/** Runs an execution of a deployed mirror. @returns what it publishes, and how it ended */
async function execute(
  deployed: SyncRequest,
  asked: object = {},
  set: MetricSet = 'essential',
  more: Parameters<typeof mirror.run>[1] = {},
) {
  const lines: Line[] = [];
  const metrics = { set, publish: (line: object) => void lines.push(line as Line) };
  const mirrors = [parseDeployedMirror(deployed)];
  const summary = await mirror.run(asked as SyncRequest, { ...more, host: { metrics, mirrors, ...more.host } });
  return { summary, lines };
}

it('publishes one line of the embedded metric format, with one dimension', async () => {
  const { input } = createSmallSite(mirror);

  const { lines, summary } = await execute(input);

  expect(lines).toEqual([
    {
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'BucketSync',
            Dimensions: [['Mirror']],
            Metrics: Object.entries(ESSENTIAL_METRICS).map(([Name, Unit]) => ({ Name, Unit })),
          },
        ],
      },
      Mirror: `s3://${input.destination}`,
      RunSucceeded: 1,
      RunDuration: summary.elapsedMs / 1000,
      ObjectsCopied: 10,
      BytesCopied: 70,
      ObjectsDeleted: 1,
      ObjectsFailed: 0,
      runId: summary.runId,
      status: 'succeeded',
      report: summary.report,
    },
  ]);
});

it('publishes all metrics if asked', async () => {
  const { lines } = await execute(createSmallSite(mirror).input, {}, 'all');

  const names = Object.keys({ ...ESSENTIAL_METRICS, ...MORE_METRICS });
  expect(lines[0]).toMatchObject({ ObjectsListed: 11, ObjectsUnchanged: 0, ObjectsSkipped: 0 });
  expect(names.filter((name) => typeof lines[0]?.[name] !== 'number')).toEqual([]);
  expect(lines[0]).not.toHaveProperty('RunsGuarded');
});

it('names a mirror by the place that it writes to, in ASCII', async () => {
  const { input } = createSmallSite(mirror);

  const { lines } = await execute({ ...input, prefix: 'site', destinationPrefix: 'größe/b' });

  expect(lines[0]).toMatchObject({ Mirror: `s3://${input.destination}/gr%C3%B6%C3%9Fe/b`, RunSucceeded: 1 });
});

describe('does not count as a success of the mirror:', () => {
  it.each<[what: string, deployed: Partial<SyncRequest>, asked: Partial<SyncRequest>]>([
    ['a dry run', {}, { dryRun: true }],
    ['a dry run that is deployed', { dryRun: true }, {}],
    ['a run of a folder', {}, { prefix: 'site', destinationPrefix: 'site' }],
    ['a run that leaves more out', { exclude: ['*.bak'] }, { exclude: ['*.tmp'] }],
    ['a run with an include of its own', {}, { include: ['site/**'] }],
    ['a run of newer objects', {}, { newerThan: '7d' }],
    ['a run that deletes nothing', {}, { delete: false }],
    ['a run that begins later', {}, { startAfter: 'site/3' }],
  ])('%s', async (_what, deployed, asked) => {
    const { lines, summary } = await execute({ ...createSmallSite(mirror).input, ...deployed }, asked);

    expect(summary.status).toBe('succeeded');
    expect(lines).toEqual([expect.objectContaining({ RunSucceeded: 0, status: 'succeeded' })]);
  });

  it('a plan of some time ago that is applied: what has come since is not there', async () => {
    const { source, destination, input } = createSmallSite(mirror);
    const plan = await execute(input, { dryRun: true });
    source.put('site/later', 'content', { lastModified: past });

    const { lines, summary } = await execute(input, { apply: plan.summary.runId });

    expect(summary.status).toBe('succeeded');
    expect(destination.get('site/later')).toBeUndefined();
    expect(lines).toEqual([expect.objectContaining({ RunSucceeded: 0, ObjectsCopied: 10, ObjectsDeleted: 1 })]);
  });

  it('a run that a guard has refused', async () => {
    const { lines } = await execute({ ...createSmallSite(mirror).input, maxDeletes: 0 }, {}, 'all');

    expect(lines).toEqual([
      expect.objectContaining({ RunSucceeded: 0, RunsGuarded: 1, ObjectsCopied: 0, error: 'DeleteGuardError' }),
    ]);
  });

  it('a run that met a hold, which is no failure of an object either', async () => {
    const { destination, input } = createSmallSite(mirror);
    const hold = { id: randomUUID(), folder: '', since: '2026-03-01T10:00:00.000Z' };
    destination.put('.bucketsync/lock.json', JSON.stringify({ holders: [], holds: [hold] }));

    const { lines, summary } = await execute(input);

    expect(summary.status).toBe('held');
    expect(lines).toEqual([
      expect.objectContaining({ RunSucceeded: 0, ObjectsFailed: 0, status: 'held', error: 'HeldError' }),
    ]);
  });

  it('a run of which an object failed', async () => {
    const { source, input } = createSmallSite(mirror);
    source.put('site/archived', 'x', { lastModified: past, storageClass: 'GLACIER' });

    const { lines } = await execute(input);

    expect(lines).toEqual([
      expect.objectContaining({ RunSucceeded: 0, ObjectsCopied: 10, ObjectsFailed: 1, error: 'SyncIncompleteError' }),
    ]);
  });

  it('a run that was refused, also if its input is no input', async () => {
    const { input } = createSmallSite(mirror);

    const refused = await execute(input, { compare: 'guess' });
    const strange = await execute(input, { source: 5 });

    for (const { lines } of [refused, strange])
      expect(lines).toEqual([expect.objectContaining({ RunSucceeded: 0, error: 'InvalidInputError' })]);
  });

  it('a copy that was altered before it was verified', async () => {
    const { destination, input } = createSmallSite(mirror);

    const { lines } = await execute({ ...input, verify: true }, {}, 'all', {
      around: async (task, given, invoke) => {
        const { phase } = given as { phase?: { name: string } };
        if (task === 'CopyRange' && phase?.name === 'verify') destination.put('site/3', 'altered');
        return invoke();
      },
    });

    expect(lines).toEqual([expect.objectContaining({ RunSucceeded: 0, ObjectsDrifted: 1, error: 'DriftError' })]);
  });
});

it.each<[asked: Partial<SyncRequest>]>([
  [{ verify: true }],
  [{ maxDeletes: 5 }],
  [{ compare: 'checksum' }],
  [{ conditional: true }],
])('counts a run that only checks more as a success: %j', async (asked) => {
  const { lines } = await execute(createSmallSite(mirror).input, asked);

  expect(lines).toEqual([expect.objectContaining({ RunSucceeded: 1 })]);
});

it('publishes nothing of a run that belongs to none of several mirrors', async () => {
  const lines: object[] = [];
  const [one, other] = [createSmallSite(mirror), createSmallSite(mirror)];
  const mirrors = [one, other].map(({ input }) => parseDeployedMirror(input));

  await mirror.run({} as SyncRequest, {
    host: { mirrors, metrics: { set: 'essential', publish: (line) => void lines.push(line) } },
  });

  expect(lines).toEqual([]);
});

it('fails no run, and leaves no lock, if the metrics cannot be published', async () => {
  const { destination, input } = createSmallSite(mirror);
  const publish = () => {
    throw new Error('nobody reads');
  };

  const summary = await mirror.run({} as SyncRequest, {
    host: { mirrors: [parseDeployedMirror(input)], metrics: { set: 'essential', publish } },
  });

  expect(summary.status).toBe('succeeded');
  expect(holdersOf(destination)).toEqual([]);
});
