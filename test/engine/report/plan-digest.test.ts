import fc from 'fast-check';
import { digestPlan } from '../../../lambdas/engine/report/plan-digest';
import type { ReportLine } from '../../../statemachine/contract';

const line = fc.record({
  key: fc.stringMatching(/^([a-c]{1,2}\/)?[a-z]{1,3}$/),
  action: fc.constantFrom('copy', 'copy', 'delete', 'skip'),
  reason: fc.constantFrom('missing', 'size', 'etag', 'metadata'),
  sizeBytes: fc.nat(1_000_000),
});

function linesOf(given: readonly Partial<ReportLine>[]): ReportLine[] {
  return given.map((one) => ({ time: '', phase: 'plan', outcome: 'planned', eTag: '', ...one }) as ReportLine);
}

async function* inParts(lines: readonly ReportLine[], size: number): AsyncGenerator<ReportLine[]> {
  for (let index = 0; index < lines.length; index += size) yield lines.slice(index, index + size);
}

it('adds up to the lines of the plan, in whatever order and parts they come', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), async (given, size) => {
      const lines = linesOf(given as Partial<ReportLine>[]);

      const { created, overwritten, deleted, reasons, folders, others, largest, samples } = await digestPlan(
        inParts(lines, size),
      );

      const sum = (of: ReportLine[]) => ({
        objects: of.length,
        bytes: of.reduce((all, one) => all + one.sizeBytes, 0),
      });
      const copies = lines.filter(({ action }) => action === 'copy');
      const deletes = lines.filter(({ action }) => action === 'delete');
      const replaced = copies.filter(({ reason }) => reason !== 'missing');
      expect(created).toEqual(sum(copies.filter(({ reason }) => reason === 'missing')));
      expect(overwritten).toEqual(sum(replaced));
      expect(deleted).toEqual(sum(deletes));
      for (const reason of ['size', 'etag', 'metadata']) {
        const of = replaced.filter((one) => one.reason === reason);
        expect(reasons[reason] ?? sum([])).toEqual(sum(of));
      }
      const all = [...folders, ...(others ? [others] : [])];
      expect(all.reduce((total, { copied }) => total + copied.bytes, 0)).toBe(sum(copies).bytes);
      expect(all.reduce((total, one) => total + one.deleted.objects, 0)).toBe(deletes.length);
      const sizes = copies.map(({ sizeBytes }) => sizeBytes).sort((a, b) => b - a);
      expect(largest.map(({ sizeBytes }) => sizeBytes)).toEqual(sizes.slice(0, 5));
      expect(samples.deleted).toEqual(
        deletes
          .map(({ key }) => key)
          .sort()
          .slice(0, 10),
      );
    }),
  );
});

it('stays small, however many folders and objects there are', async () => {
  const many = Array.from({ length: 50_000 }, (_, index) => ({
    key: `folder-${index}/object`,
    action: 'copy' as const,
    reason: 'missing',
    sizeBytes: index,
  }));

  const digest = await digestPlan(inParts(linesOf(many), 10_000));

  expect(digest.folders).toHaveLength(10);
  expect(digest.others?.copied.objects).toBe(49_990);
  expect(JSON.stringify(digest).length).toBeLessThan(10_000);
});
