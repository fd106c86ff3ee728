import { RangeFilter } from '../../../lambdas/engine/range/range-filter';
import type { RangeInput } from '../../../statemachine/contract';
import { parseSyncInput } from '../../../statemachine/input/parse-sync-input';

const NOW = Date.parse('2026-01-01T00:00:00Z');

function filter(fields: object): RangeFilter {
  const input = parseSyncInput({ source: 'bucket-from', destination: 'bucket-to', ...fields });
  const phase = { name: 'sync', include: [], exclude: [] };
  return new RangeFilter({ run: { input }, phase } as unknown as RangeInput);
}

const object = (key: string, sizeBytes = 1) => ({
  ...{ key, sizeBytes, eTag: 'e', lastModified: NOW, storageClass: 'STANDARD', archived: false },
});

it.each([
  ['both sides are folders', { prefix: 'a/', destinationPrefix: 'b/' }, true],
  ['the source is a whole bucket', { destinationPrefix: 'b/' }, false],
  ['the destination is a whole bucket', { prefix: 'a/', destinationPrefix: '' }, false],
])('lets the object that is named like the folder take part if %s: %j', (_, fields, takesPart) => {
  expect(filter(fields).isInScope({ key: '' })).toBe(takesPart);
});

it('checks the filters of the key and those of the object separately', () => {
  const some = filter({ exclude: ['*.tmp'], maxSize: 10 });

  expect(some.isInScope({ key: 'x.tmp' })).toBe(false);
  expect(some.letsThrough(object('x.tmp'))).toBe(true);
  expect(some.letsThrough(object('x', 11))).toBe(false);
  expect(some.takesPart(object('x', 10))).toBe(true);
});
