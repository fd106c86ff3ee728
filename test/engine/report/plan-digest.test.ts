import fc from 'fast-check';
import { digestPlan, type FolderDigest } from '../../../lambdas/engine/report/plan-digest';
import type { ReportLine } from '../../../statemachine/contract';

const line = fc.record({
  key: fc.stringMatching(/^([a-c]{1,2}\/)?([a-c]\/)?[a-z]{1,3}$/),
  action: fc.constantFrom('copy', 'copy', 'delete', 'skip'),
  reason: fc.constantFrom('missing', 'size', 'etag', 'metadata'),
  sizeBytes: fc.nat(1_000_000),
});

const ofAll = { input: { prefix: '', mode: 'mirror' as const, order: [] } };

function linesOf(given: readonly Partial<ReportLine>[]): ReportLine[] {
  return given.map((one) => ({ time: '', phase: 'plan', outcome: 'planned', eTag: '', ...one }) as ReportLine);
}

async function* inParts(lines: readonly ReportLine[], size: number): AsyncGenerator<ReportLine[]> {
  for (let index = 0; index < lines.length; index += size) yield lines.slice(index, index + size);
}

const bytesOf = ({ copied, deleted }: Pick<FolderDigest, 'copied' | 'deleted'>) => copied.bytes + deleted.bytes;

it('adds up to the lines of the plan, in whatever order and parts they come', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), async (given, size) => {
      const lines = linesOf(given as Partial<ReportLine>[]);

      const { created, overwritten, deleted, reasons, folders, others, largest, samples } = await digestPlan(
        inParts(lines, size),
        ofAll,
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
      const byFolder = [...Map.groupBy([...copies, ...deletes], ({ key }) => /^[^/]*\/|/.exec(key)?.[0] ?? '')]
        .map(([folder, of]) => ({
          folder,
          copied: sum(of.filter(({ action }) => action === 'copy')),
          deleted: sum(of.filter(({ action }) => action === 'delete')),
        }))
        .sort((a, b) => bytesOf(b) - bytesOf(a) || (a.folder < b.folder ? -1 : 1));
      expect(folders).toEqual(byFolder.slice(0, 10));
      const all = [...folders, ...(others ? [others] : [])];
      expect(all.reduce((total, { copied }) => total + copied.objects, 0)).toBe(copies.length);
      expect(all.reduce((total, one) => total + bytesOf(one), 0)).toBe(sum([...copies, ...deletes]).bytes);
      expect(all.reduce((total, one) => total + one.deleted.objects, 0)).toBe(deletes.length);
      const sorted = [...copies].sort((a, b) => b.sizeBytes - a.sizeBytes);
      expect(largest).toEqual(sorted.slice(0, 5).map(({ key, sizeBytes }) => ({ key, sizeBytes })));
      const firstOf = (of: ReportLine[]) =>
        of
          .map(({ key }) => key)
          .sort()
          .slice(0, 10);
      expect(samples).toEqual({
        created: firstOf(copies.filter(({ reason }) => reason === 'missing')),
        overwritten: firstOf(replaced),
        deleted: firstOf(deletes),
      });
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

  const digest = await digestPlan(inParts(linesOf(many), 10_000), ofAll);

  expect(digest.folders).toHaveLength(10);
  expect(digest.others?.copied.objects).toBe(49_990);
  expect(JSON.stringify(digest).length).toBeLessThan(10_000);
});
