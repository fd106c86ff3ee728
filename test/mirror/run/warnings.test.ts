import { GlobWatch } from '../../../lambdas/engine/keys/glob-watch';
import { contentsOf } from '../../support/contents';
import { everyNth } from '../../support/length';
import { past, useMemoryMirror } from '../../support/memory-mirror';

const mirror = useMemoryMirror();

const isWrite = (operation: string) => /^(Put|Copy|Delete|Create|Complete|Upload|Abort|Restore)/.test(operation);
const writes = () => Object.keys(mirror.s3.requests.byOperation()).filter(isWrite);

/** A source of pages and images, and an older destination with objects of its own. */
function createPair() {
  const pair = mirror.createPair();
  for (let index = 0; index < 30; index++) {
    pair.source.put(`site/page-${index}.html`, 'new', { lastModified: past });
    pair.source.put(`site/image-${index}.png`, 'x', { lastModified: past });
  }
  for (let index = 0; index < 30; index++) pair.destination.put(`site/page-${index}.html`, 'former');
  pair.destination.put('site/uploads/theirs', 'x');
  return pair;
}

const nothing = { name: 'nothing-listed' };
const all = { name: 'all-left-out' };
const globs = (message: string) => ({ name: 'unmatched-globs', message });

const CASES: [more: object, warnings: object[] | undefined][] = [
  [{}, undefined],
  [{ exclude: ['*.png'] }, undefined],
  [{ include: ['site/**'], exclude: ['*.html'] }, undefined],
  // only the destination has such keys
  [{ exclude: ['site/uploads/**'] }, undefined],
  [{ exclude: ['drafts/**'] }, [globs('`exclude` "drafts/**" matches no key')]],
  [{ include: ['site/**', 'sites/**'] }, [globs('`include` "sites/**" matches no key')]],
  [
    { include: ['*.html', '*.htm'], exclude: ['a/**', 'b/**', 'c/**', 'd/**', 'e/**'], delete: false },
    [
      globs(
        '`include` "*.htm", `exclude` "a/**", `exclude` "b/**", `exclude` "c/**", `exclude` "d/**" and 1 more match no key',
      ),
    ],
  ],
  [
    { exclude: ["'*.png'"] },
    [globs('`exclude` "\'*.png\'" matches no key: the quotes are part of it, as cmd.exe only removes double quotes')],
  ],
  [{ prefix: 'sites' }, [{ ...nothing, message: expect.stringMatching(/^s3:.*\/sites\/ has no objects$/) }]],
  [
    { include: ['nothing/**'] },
    [
      { ...all, message: expect.stringMatching(/^All 60 objects of .* are left out/) },
      globs('`include` "nothing/**" matches no key'),
    ],
  ],
  [{ minSize: '1GiB', delete: false }, [all]],
  [{ storageClasses: ['GLACIER'], delete: false, mode: 'publish' }, [all]],
  [{ include: ['*.html'], mode: 'publish', delete: false, plan: false }, undefined],
];

describe('what a run warns of', () => {
  it.each(everyNth(3, CASES))(
    'is the same whether one Task sees everything or many do, with %j: %j',
    async (more, warnings) => {
      const roundBudgetsMs = [0]; // each range hands on what it has not done after a page
      for (const options of [{}, { pageSize: 5, host: { roundBudgetsMs } }]) {
        for (const kind of [{}, { dryRun: true }, { plan: false }]) {
          const { input } = createPair();
          const summary = await mirror.run({ ...input, ...kind, ...more }, options);
          expect({ error: summary.error, warnings: summary.warnings }).toEqual({
            error: undefined,
            warnings: warnings?.map((warning) => expect.objectContaining(warning)),
          });
        }
      }
    },
  );

  it.each(CASES.filter(([, warnings]) => warnings))(
    'ends a strict run before its first write, with %j',
    async (more, warnings) => {
      for (const kind of [{ plan: undefined }, { dryRun: true }]) {
        const { destination, input } = createPair();
        const before = contentsOf(destination);
        const summary = await mirror.run({ ...input, ...more, ...kind, strict: true });
        expect(summary).toMatchObject({ status: 'failed', error: { name: 'StrictError' }, wrote: false });
        expect(summary.warnings).toHaveLength(warnings?.length ?? 0);
        expect(contentsOf(destination)).toEqual(before);
        expect(writes()).toEqual([]);
      }
    },
  );

  it('ends a strict run also if nobody would have made a plan: into an empty destination', async () => {
    const { source, input } = mirror.createPair();
    source.put('a', 'x', { lastModified: past });
    expect(await mirror.run({ ...input, exclude: ['b'], strict: true })).toMatchObject({
      error: { name: 'StrictError' },
    });
    expect(writes()).toEqual([]);
  });

  it('ends a strict run without a plan at its end', async () => {
    const { destination, input } = createPair();
    const summary = await mirror.run({ ...input, exclude: ['b'], strict: true, plan: false });
    expect(summary).toMatchObject({ error: { name: 'StrictError' }, wrote: true });
    expect(destination.index.size).toBe(60);
  });

  it('lets a strict run go on that has nothing to warn of', async () => {
    const { input } = createPair();
    const summary = await mirror.run({ ...input, exclude: ['site/uploads/**', '*.png'], strict: true, verify: true });
    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 30 } });
  });

  it('is nothing if somebody named the keys, or reviewed the plan', async () => {
    const { input } = createPair();
    const plan = await mirror.run({ ...input, exclude: ['b'], dryRun: true });
    expect(plan.warnings).toHaveLength(1);
    const applied = await mirror.run({ ...input, exclude: ['b'], apply: plan.runId, strict: true });
    expect(applied).toMatchObject({ status: 'succeeded', totals: { copied: 60 } });
    expect(applied.warnings).toBeUndefined();
  });
});

describe('the globs that match', () => {
  it('are found one after the other, and are not tested again', () => {
    const watch = new GlobWatch({ input: { include: ['*.a', '*.b'], exclude: ['c', '*.a'], order: [] } });
    watch.see('x');
    expect(watch.matched).toBe(0);
    watch.see('x.a');
    expect(watch.matched).toBe(0b1001);
    watch.see('c');
    expect(watch.matched).toBe(0b1101);
    expect(new GlobWatch({ input: { include: ['*.a'], exclude: [], order: [] } }, 1).matched).toBe(1);
  });

  it('are at most as many as a number has bits that stay positive', () => {
    const exclude = Array.from({ length: 100 }, (_, index) => `${index}`);
    const watch = new GlobWatch({ input: { include: [], exclude, order: [] } });
    for (const key of exclude) watch.see(key);
    expect(watch.matched).toBe(2 ** 31 - 1);
  });
});
