import fc from 'fast-check';
import { openRunStore } from '../../lambdas/aws/run-store';
import { type ReportView, readLines } from '../../lambdas/engine/read-report';
import type { RunSummary } from '../../statemachine/contract';
import { past, useMirror } from '../support/mirror';

const mirror = useMirror();

const scenario = fc.record({
  sides: fc.array(fc.constantFrom('source', 'destination', 'both'), { maxLength: 12 }),
  twice: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
  refused: fc.option(fc.integer({ min: 0, max: 11 }), { nil: undefined }),
  input: fc.record({
    maxDeletes: fc.constantFrom(undefined, 2, 100),
    mode: fc.constantFrom('mirror', 'publish'),
    dryRun: fc.boolean(),
    verify: fc.boolean(),
  }),
});

async function read({ runId, report }: RunSummary, view: ReportView): Promise<string[]> {
  if (report === undefined) return []; // it did not begin
  const found: string[] = [];
  for await (const lines of readLines(openRunStore(mirror.reportLocation), runId, view)) {
    found.push(...lines.filter(({ action }) => action !== 'skip').map(({ action, key }) => `${action} ${key}`));
  }
  return found.sort();
}

it('shows as done exactly what happened at the destination, each thing once, also if Tasks run twice', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ sides, twice, refused, input }) => {
      const pair = mirror.createPair();
      sides.forEach((side, index) => {
        if (side !== 'destination') pair.source.put(`k${index}.html`, 'x', { lastModified: past });
        if (side !== 'source') pair.destination.put(`k${index}.html`, side === 'both' ? 'x' : 'orphan');
      });
      mirror.s3.onRequest = ({ operation, key }) =>
        operation === 'CopyObject' && key === `k${refused}.html` ? { status: 403, code: 'AccessDenied' } : undefined;
      const before = new Set([...pair.destination.index.after('')].map(({ key }) => key));

      const summary = await mirror.run(
        { ...pair.input, ...input, allowEmptySource: true },
        {
          around: async (task, _input, invoke) => {
            const isRange = task === 'CopyRange' || task === 'DeleteRange';
            if (!isRange || !twice.pop()) return invoke();
            return (await Promise.all([invoke(), invoke()]))[0];
          },
        },
      );

      mirror.s3.onRequest = undefined;
      const after = new Set([...pair.destination.index.after('')].map(({ key }) => key));
      const happened = [
        ...[...after].filter((key) => !before.has(key)).map((key) => `copy ${key}`),
        ...[...before].filter((key) => !after.has(key)).map((key) => `delete ${key}`),
      ];
      expect(await read(summary, 'actions')).toEqual(happened.sort());
      if (!summary.wrote) expect(happened).toEqual([]);
      const planned = await read(summary, 'plan');
      expect(new Set(planned).size).toBe(planned.length);
    }),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 40) },
  );
}, 300_000);
