import fc from 'fast-check';
import type { RangeInput } from '../../../statemachine/contract';
import { parseDeployedMirror } from '../../../statemachine/input/deployed-mirrors';
import { contentsOf } from '../../support/contents';
import { randomCases } from '../../support/length';
import { past, useMemoryMirror } from '../../support/memory-mirror';
import { reportLines } from '../../support/report-lines';
import { type Amounts, createGuardedPair, writesTo } from './guarded-pair';

const mirror = useMemoryMirror();
const createPair = (amounts: Amounts) => createGuardedPair(mirror, amounts);
const writes = () => writesTo(mirror);

describe('maxOverwrites', () => {
  it.each<[amounts: Amounts, more: object, isAllowed: boolean]>([
    [{ same: 40, changed: 10, created: 30 }, { maxOverwrites: 9 }, false],
    [{ same: 40, changed: 10, created: 30 }, { maxOverwrites: 10 }, true],
    [{ same: 40, changed: 10, created: 30 }, { maxOverwrites: '19.9%' }, false],
    [{ same: 40, changed: 10, created: 30 }, { maxOverwrites: '20%' }, true],
    [{ same: 30, changed: 10, orphans: 10 }, { maxOverwrites: '20%' }, true],
    [{ same: 30, changed: 10, orphans: 10 }, { maxOverwrites: '20%', delete: false }, false],
    [{ same: 40, changed: 10, orphans: 900 }, { maxOverwrites: '20%', exclude: ['orphan-*'] }, true],
    [{ same: 40, changed: 10, orphans: 900 }, { maxOverwrites: '19%', exclude: ['orphan-*'] }, false],
    [{ same: 5, changed: 1 }, { maxOverwrites: 0 }, false],
    [{ created: 50 }, { maxOverwrites: 0 }, true],
    [{ same: 5, changed: 1 }, { maxOverwrites: 0, mode: 'publish' }, false],
    [{ same: 5, changed: 1 }, { maxOverwrites: 0, dryRun: true }, false],
  ])('judges %j by the whole plan, with %j: %j', async (amounts, more, isAllowed) => {
    const { destination, input } = createPair(amounts);
    const before = contentsOf(destination);

    const summary = await mirror.run({ ...input, ...more }, { pageSize: 10 });

    expect(summary.phases[0]).toMatchObject({ name: 'plan' });
    expect(summary.phases[0]?.copy.overwritten ?? 0).toBe(amounts.changed ?? 0);
    if (isAllowed) {
      expect(summary.status).toBe('succeeded');
      expect(summary.totals.overwritten ?? 0).toBe(amounts.changed ?? 0);
    } else {
      expect(summary).toMatchObject({ status: 'failed', error: { name: 'OverwriteGuardError' } });
      expect(contentsOf(destination)).toEqual(before);
      expect(writes()).toEqual([]);
    }
  });

  it('says in its error what it found, and how to allow it', async () => {
    const { input } = createPair({ same: 40, changed: 10 });

    const { error } = await mirror.run({ ...input, maxOverwrites: '10%' });

    expect(error?.message).toBe(
      'The run would overwrite 10 objects of the destination, and `maxOverwrites` allows 10% (5 of them). Nothing was written. Check ' +
        'the source; if it is right, allow more with `"maxOverwrites": 10`, on the command line `--max-overwrites 10`',
    );
    expect((await mirror.run({ ...input, maxOverwrites: 10 })).status).toBe('succeeded');
  });

  it('counts as overwritten what replaces an object, and nothing else, in runs with a plan and without one', async () => {
    const amounts = { same: 3, changed: 4, created: 5, orphans: 2 };
    const runs = await Promise.all(
      [{}, { plan: true }, { plan: false }, { mode: 'publish' }].map((more) =>
        mirror.run({ ...createPair(amounts).input, ...more }),
      ),
    );

    for (const { totals } of runs) expect(totals).toMatchObject({ copied: 9, overwritten: 4, deleted: 2 });
    expect((await mirror.run(createPair({ created: 2 }).input)).totals).not.toHaveProperty('overwritten');
  });

  it('does not allow to overwrite what the plan could not compare', async () => {
    const { source, destination, input } = createPair({ same: 4 });
    for (const name of ['same-1', 'same-2', 'same-3'])
      source.put(name, 'x', { lastModified: past, user: { owner: 'me' } });
    const kept = contentsOf(destination);
    let phase = '';
    mirror.s3.onRequest = ({ operation }) =>
      operation === 'HeadObject' && phase === 'plan' ? { status: 400, code: 'InvalidRequest' } : undefined;

    const summary = await mirror.run(
      { ...input, compare: 'metadata', maxOverwrites: 0 },
      {
        around: (task, given, invoke) => {
          if (task === 'CopyRange') phase = (given as RangeInput).phase.name;
          else if (task === 'ClosePhase' && phase === 'plan') destination.remove('same-3');
          return invoke();
        },
      },
    );

    expect(summary.phases[0]).toMatchObject({ name: 'plan', copy: { failed: 4 } });
    expect(summary).toMatchObject({
      error: { name: 'SyncIncompleteError', keys: ['same-1', 'same-2'] },
      totals: { copied: 1, failed: 2 },
    });
    expect(reportLines(summary, 'failures')).toMatchObject([{ reason: 'guarded' }, { reason: 'guarded' }]);
    const created = ['same-3', contentsOf(source).get('same-3') as string] as const;
    expect(contentsOf(destination)).toEqual(new Map([...kept, created]));
  });

  it('applies beside a deployed percentage, whichever allows less', async () => {
    const { input } = createPair({ same: 40, changed: 10 });
    const host = { mirrors: [parseDeployedMirror({ ...input, maxOverwrites: '10%' })] };

    expect(await mirror.run({ maxOverwrites: 100 }, { host })).toMatchObject({
      error: { name: 'OverwriteGuardError' },
    });
  });

  it('of a retry is what the run before has left of a deployed percentage', async () => {
    const { input } = createPair({ same: 30, changed: 10 });
    const host = { mirrors: [parseDeployedMirror({ ...input, maxOverwrites: '25%' })] };
    let copies = 0;
    mirror.s3.onRequest = ({ operation }) =>
      operation === 'CopyObject' && ++copies > 4 ? { status: 403, code: 'AccessDenied' } : undefined;
    const failed = await mirror.run({}, { host });
    mirror.s3.onRequest = undefined;

    expect(failed).toMatchObject({ error: { name: 'SyncIncompleteError' }, totals: { overwritten: 4, failed: 6 } });
    const retry = { retry: failed.runId };
    expect(await mirror.run({ ...retry, maxOverwrites: 5 }, { host })).toMatchObject({
      error: { name: 'OverwriteGuardError' },
    });
    expect(await mirror.run(retry, { host })).toMatchObject({ status: 'succeeded', totals: { overwritten: 6 } });
  });

  it('has to be a count in a retry, which does not list the destination', async () => {
    const { input } = createPair({ same: 1 });
    const summary = await mirror.run({ ...input, retry: 'a-run', maxOverwrites: '10%' });
    expect(summary.error?.message).toContain('Expected `maxOverwrites` to be a count if `retry` is set');
  });
});

describe('plan', () => {
  it.each([
    ['maxDeletes', 5],
    ['maxDeletes', '5%'],
    ['maxOverwrites', 5],
    ['maxCost', 5],
  ])('cannot be false if `%s` is %j: the error names both, and nothing is read', async (field, value) => {
    const { input } = createPair({ same: 1 });

    const { error, phases } = await mirror.run({ ...input, plan: false, [field]: value });

    expect(error?.name).toBe('InvalidInputError');
    expect(error?.message).toContain(`Expected \`plan\` not to be false if \`${field}\` is set`);
    expect(phases).toEqual([]);
  });

  it('cannot be turned off where a guard is deployed, even if the deployment leaves it to executions', async () => {
    const { input } = createPair({ same: 1 });
    const start = (deployed: object) =>
      mirror.run({ plan: false }, { host: { mirrors: [parseDeployedMirror({ ...input, ...deployed })] } });

    expect((await start({ mayOverride: ['plan'], maxOverwrites: 1 })).error?.message).toContain(
      '`maxOverwrites` is set',
    );
    expect((await start({})).error?.message).toContain('Expected `plan` to be equal to what');
    expect(await start({ mayOverride: ['plan'] })).toMatchObject({ status: 'succeeded' });
  });

  it.each([
    [{ plan: true }, ['plan', 'sync']],
    [{ plan: true, delete: false }, ['plan', 'sync']],
    [{ plan: true, mode: 'publish', verify: true }, ['plan', 'assets', 'pages', 'first-deletes', 'deletes', 'verify']],
    [{ plan: false, verify: true }, ['sync', 'verify']],
    [{ plan: false, dryRun: true }, ['plan']],
  ])('decides whether a run begins with a plan: %j', async (more, names) => {
    const { input } = createPair({ same: 3, changed: 2, created: 1, orphans: 1 });

    const summary = await mirror.run({ ...input, ...more });

    expect(summary.status).toBe('succeeded');
    expect(summary.phases.map(({ name }) => name)).toEqual(names);
  });
});

describe('without maxDeletes, a plan', () => {
  it.each<[amounts: Amounts, more: object, isAllowed: boolean]>([
    [{ same: 99, orphans: 101 }, {}, false],
    [{ same: 101, orphans: 101 }, {}, true],
    [{ same: 1, orphans: 100 }, {}, true],
    [{ same: 1, orphans: 101 }, {}, false],
    [{ same: 1, orphans: 101 }, { mode: 'publish' }, false],
    [{ same: 1, orphans: 101 }, { maxDeletes: 101 }, true],
    [{ same: 1, orphans: 101 }, { maxDeletes: '100%' }, true],
    [{ same: 1, orphans: 101 }, { delete: false }, true],
    [{ same: 1, orphans: 101 }, { dryRun: true }, true],
    [{ same: 1, orphans: 101 }, { allowEmptySource: true }, false],
    [{ orphans: 101 }, { allowEmptySource: true }, true],
  ])(
    'of %j may delete up to 100 objects, or half of what takes part: with %j, %j',
    async (amounts, more, isAllowed) => {
      const { destination, input } = createPair(amounts);

      const summary = await mirror.run({ ...input, plan: true, ...more });

      if (isAllowed) return expect(summary.status).toBe('succeeded');
      expect(summary).toMatchObject({ status: 'failed', error: { name: 'DeleteGuardError' } });
      expect(contentsOf(destination).size).toBe((amounts.same ?? 0) + (amounts.orphans ?? 0));
      return expect(writes()).toEqual([]);
    },
  );

  it('says what it found, what is allowed, and how to allow more', async () => {
    const { input } = createPair({ same: 99, orphans: 150 });

    const { error } = await mirror.run({ ...input, plan: true });

    expect(error?.message).toBe(
      'The run would delete 150 of the 249 objects taking part at the destination. Without `maxDeletes` a run may delete 100 objects, ' +
        'or half of those taking part if that is more: here 124. Nothing was written. Check the source and the destination; if both are ' +
        'right, allow more deletes with `"maxDeletes": 150`, on the command line `--max-deletes 150`',
    );
    expect(await mirror.run({ ...input, plan: true, maxDeletes: 150 })).toMatchObject({ totals: { deleted: 150 } });
  });

  it('leaves a retry to the plan of the run before, which has allowed its deletes', async () => {
    const { input } = createPair({ same: 1, orphans: 150 });
    mirror.s3.onRequest = ({ operation }) =>
      operation === 'DeleteObjects' ? { status: 409, code: 'OperationAborted' } : undefined;
    const { runId } = await mirror.run({ ...input, maxDeletes: 150 });
    mirror.s3.onRequest = undefined;

    expect(await mirror.run({ ...input, plan: true, retry: runId })).toMatchObject({ totals: { deleted: 150 } });
  });

  it('says first that the source is empty', async () => {
    const { source, input } = createPair({ orphans: 150 });
    source.put('a.txt', 'x', { lastModified: past });

    const summary = await mirror.run({ ...input, exclude: ['a.txt'], plan: true });

    expect(summary.error?.name).toBe('SourceEmptyError');
  });
});

it('writes nothing in a run that a guard refuses, whatever the guards, the mode and the two sides', async () => {
  const few = fc.nat(4);
  const limit = fc.oneof(few, fc.constantFrom('0%', '30%', '60%'));
  const settings = fc.record(
    {
      maxDeletes: limit,
      maxOverwrites: limit,
      maxCost: fc.constantFrom(0.00001, 0.00004, 1),
      mode: fc.constantFrom('mirror', 'publish'),
      delete: fc.boolean(),
      verify: fc.boolean(),
      dryRun: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  const amounts = fc.record({ same: fc.nat(4), changed: few, created: few, orphans: fc.oneof(few, fc.constant(101)) });
  const none = { same: 0, changed: 0, created: 0, orphans: 0 };
  const oneOfEach: [typeof none, object][] = [
    [none, {}],
    [{ ...none, orphans: 2 }, { maxDeletes: 1 }],
    [{ ...none, changed: 2 }, { maxOverwrites: 1 }],
    [{ ...none, created: 4 }, { maxCost: 0.00001 }],
  ];
  const ends = new Set<string>();
  await fc.assert(
    fc.asyncProperty(amounts, settings, async (of, more) => {
      const { source, destination, input } = createPair(of);
      source.put('present', 'x', { lastModified: past });
      const before = contentsOf(destination);
      mirror.s3.requests.reset();

      const { error, wrote } = await mirror.run({ ...input, plan: true, ...more }, { pageSize: 3 });

      ends.add(error?.name ?? 'succeeded');
      if (!error) return;
      expect(wrote).toBe(false);
      expect(contentsOf(destination)).toEqual(before);
      expect(writes()).toEqual([]);
    }),
    { ...randomCases({ quick: 30, full: 250 }), examples: oneOfEach },
  );
  expect([...ends].sort()).toEqual(['CostGuardError', 'DeleteGuardError', 'OverwriteGuardError', 'succeeded']);
});
