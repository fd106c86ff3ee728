import { contentsOf } from '../../support/contents';
import { past, useMemoryMirror } from '../../support/memory-mirror';
import { reportLines } from '../../support/report-lines';
import { roundsOf } from '../../support/rounds-of';

const mirror = useMemoryMirror();

const DAY = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY);

it('neither copies nor deletes what a filter leaves out at the source, although the destination has an outdated copy', async () => {
  // orphans are found by the plan's walk, or else by the delete loop
  for (const plan of [true, false]) {
    const { source, destination, input } = mirror.createPair();
    source.put('grown', 'much larger than before', { lastModified: past });
    destination.put('grown', 'small');
    source.put('small', 'new', { lastModified: past });

    const summary = await mirror.run({ ...input, maxSize: 10, plan });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, deleted: 0 } });
    expect(Object.fromEntries(contentsOf(destination))).toMatchObject({ grown: expect.anything() });
    expect(destination.get('grown')?.body.length).toBe('small'.length);
  }
});

it.each([
  ['minSize', '1KiB', 'x', daysAgo(0)],
  ['maxSize', '1B', 'long', daysAgo(0)],
  ['newerThan', '2d', 'x', daysAgo(3)],
  ['olderThan', '2d', 'x', daysAgo(1)],
  ['storageClasses', ['STANDARD_IA'], 'x', daysAgo(0)],
] as const)(
  'leaves an object alone that the source lacks and that `%s` %j leaves out',
  async (field, value, content, lastModified) => {
    for (const plan of [true, false]) {
      const { source, destination, input } = mirror.createPair();
      source.put('kept', 'x', { lastModified: past });
      destination.put('protected', content, { lastModified });

      const summary = await mirror.run({ ...input, plan, [field]: value });

      expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 0 } });
      expect(destination.get('protected')).toBeDefined();
    }
  },
);

it('deletes objects that the source lacks and the filters let through', async () => {
  const { source, destination, input } = mirror.createPair();
  source.put('small', 'x', { lastModified: past });
  destination.put('orphan', 'x'.repeat(2000));
  destination.put('small orphan', 'x');

  const summary = await mirror.run({ ...input, minSize: '1K' });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 0, deleted: 1 } });
  expect([...contentsOf(destination).keys()]).toEqual(['small orphan']);
});

it('overwrites an object that a filter would leave out at the destination: the source’s object decides for a pair', async () => {
  const { source, destination, input } = mirror.createPair();
  source.put('shrunk', 'new', { lastModified: daysAgo(1) });
  destination.put('shrunk', 'old and long', { lastModified: daysAgo(100), storageClass: 'GLACIER' });

  const summary = await mirror.run({ ...input, maxSize: 5, newerThan: '7d', storageClasses: ['STANDARD'] });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
  expect(destination.get('shrunk')?.body.length).toBe(3);
});

it('counts a duration from the beginning of the run, the same in each Task and round', async () => {
  const { source, destination, input } = mirror.createPair();
  for (let index = 0; index < 40; index++) source.put(`${index}`, 'x', { lastModified: daysAgo(index / 2 + 0.1) });
  const seen = new Set<unknown>();

  const summary = await mirror.run(
    { ...input, newerThan: '7d' },
    {
      pageSize: 5,
      host: { ...roundsOf(1), rangesAtOnce: 4 },
      around: (task, taskInput, invoke) => {
        const { run } = taskInput as { run?: { input: { newerThan: string } } };
        if (task !== 'ValidateInput' && run) seen.add(run.input.newerThan);
        return invoke();
      },
    },
  );

  expect([...seen]).toEqual([new Date(Date.parse(summary.startedAt) - 7 * DAY).toISOString()]);
  expect(summary.input).toMatchObject({ newerThan: [...seen][0] });
  expect(destination.index.size).toBe(14);
});

it('leaves out an object that has outgrown the filter since it was listed', async () => {
  const { source, destination, input } = mirror.createPair();
  source.put('grows', 'x', { lastModified: past });
  mirror.s3.onRequest = ({ operation }) => {
    if (operation === 'CopyObject') source.put('grows', 'x'.repeat(100));
    return undefined;
  };

  const summary = await mirror.run({ ...input, maxSize: 10 });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 0, skipped: 1 } });
  expect(destination.get('grows')).toBeUndefined();
  expect(reportLines(summary, 'actions')).toContainEqual(expect.objectContaining({ key: 'grows', reason: 'filtered' }));
});

it('treats a source in which nothing is new as a source with content', async () => {
  const { source, destination, input } = mirror.createPair();
  source.put('old', 'x', { lastModified: daysAgo(100) });
  destination.put('old', 'x', { lastModified: daysAgo(99) });
  destination.put('removed at the source', 'x', { lastModified: daysAgo(1) });

  const summary = await mirror.run({ ...input, newerThan: '7d' });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 0, deleted: 1 } });
});

it('still rejects an empty source if a filter is set', async () => {
  const { destination, input } = mirror.createPair();
  destination.put('a', 'x');

  const summary = await mirror.run({ ...input, newerThan: '7d' });

  expect(summary.error?.name).toBe('SourceEmptyError');
  expect(destination.index.size).toBe(1);
});

it('computes a percentage of deletes from the objects that take part', async () => {
  const { source, destination, input } = mirror.createPair();
  for (let index = 0; index < 20; index++) {
    source.put(`large ${index}`, 'x'.repeat(100), { lastModified: past });
    destination.put(`large ${index}`, 'x');
  }
  source.put('small', 'x', { lastModified: past });
  destination.put('orphan', 'x');

  const summary = await mirror.run({ ...input, maxSize: 10, maxDeletes: '50%' });

  expect(summary.error).toMatchObject({ name: 'DeleteGuardError' });
  expect(summary.error?.message).toContain('delete 1 of the 1 object taking part');
});

it('mirrors one storage class and leaves the others alone', async () => {
  const { source, destination, input } = mirror.createPair();
  source.put('cold', 'x', { lastModified: past, storageClass: 'DEEP_ARCHIVE' });
  source.put('warm', 'x', { lastModified: past, storageClass: 'STANDARD_IA' });
  source.put('hot', 'x', { lastModified: past });

  const summary = await mirror.run({ ...input, storageClasses: ['STANDARD', 'STANDARD_IA'] });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 2, skipped: 1, failed: 0 } });
  expect([...contentsOf(destination).keys()]).toEqual(['hot', 'warm']);
});
