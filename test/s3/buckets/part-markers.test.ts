import { expectPartsCount, PartMarkers } from '../../../lambdas/s3/buckets/part-markers';

it('continues from marker to marker, up to the last page', () => {
  const markers = new PartMarkers();
  expect([markers.next(true, '1000'), markers.next(true, '2000'), markers.next(false, '2500')]).toEqual([
    '1000',
    '2000',
    undefined,
  ]);
});

it.each<[what: string, seen: string[]]>([
  ['repeats', ['1000', '1000']],
  ['goes back', ['1000', '2000', '1000']],
  ['is missing', ['']],
  ['is no number', ['more']],
  ['is beyond the last part there can be', ['10001']],
])('names a marker that %s', (_what, seen) => {
  const markers = new PartMarkers();
  for (const marker of seen.slice(0, -1)) markers.next(true, marker);
  expect(() => markers.next(true, seen.at(-1))).toThrow(`NextPartNumberMarker "${seen.at(-1)}"`);
});

it('names a count of parts that no object has', () => {
  expect([expectPartsCount(undefined), expectPartsCount(10_000)]).toEqual([undefined, 10_000]);
  expect(() => expectPartsCount(10_001)).toThrow('at most 10000 parts, got the x-amz-mp-parts-count 10001');
});
