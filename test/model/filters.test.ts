import fc from 'fast-check';
import { objectFilter } from '../../lambdas/engine/keys/object-filter';
import { parseSyncInput } from '../../statemachine/input/parse-sync-input';
import { settleMoments } from '../../statemachine/input/settle-moments';
import { randomCases } from '../support/length';
import { isLeftOut } from './reference/request';

const buckets = { source: 'a-source', destination: 'a-destination' };
const START = Date.parse('2026-06-15T12:00:00Z') / 1000;
const HOUR = 3600;

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** As an input says it, and in bytes. */
const sizes = fc.constantFrom<[string | number, number]>(
  [0, 0],
  ['1', 1],
  ['1KB', 1000],
  ['1K', 1024],
  ['1.5 KiB', 1536],
  ['1MB', 1e6],
);
/** As an input says it, and in seconds since 1970. */
const moments = fc.constantFrom<[string, number]>(
  ['1h', START - HOUR],
  ['PT2H', START - 2 * HOUR],
  ['1d', START - 24 * HOUR],
  ['2026-06-15', START - 12 * HOUR],
  ['2026-06-15T13:00:00+02:00', START - HOUR],
  ['2026-06-15T11:59:59', START - 1],
);
const classes = fc.subarray(['STANDARD', 'STANDARD_IA', 'GLACIER', 'REDUCED_REDUNDANCY']);

const object = fc.record({
  sizeBytes: fc.constantFrom(0, 1, 999, 1000, 1001, 1023, 1024, 1025, 1535, 1536, 1537, 1e6, 1e6 + 1),
  second: fc
    .tuple(
      fc.constantFrom(0, 1, 2, 12, 24).map((hours) => START - hours * HOUR),
      fc.integer({ min: -2, max: 1 }),
    )
    .map(([near, off]) => near + off),
  storageClass: fc.constantFrom('STANDARD', 'STANDARD_IA', 'GLACIER', 'DEEP_ARCHIVE', 'REDUCED_REDUNDANCY'),
});

const filters = fc.record({
  minSize: maybe(sizes),
  maxSize: maybe(sizes),
  newerThan: maybe(moments),
  olderThan: maybe(moments),
  storageClasses: classes,
});

it('lets the same objects through as a reference, at every limit of size, date and class', () => {
  fc.assert(
    fc.property(
      filters,
      fc.array(object, { minLength: 10, maxLength: 10 }),
      ({ storageClasses, ...pairs }, objects) => {
        const part = (index: 0 | 1) =>
          Object.fromEntries(Object.entries(pairs).flatMap(([name, pair]) => (pair ? [[name, pair[index]]] : [])));
        const input = attempt(() =>
          settleMoments(
            parseSyncInput({ ...buckets, ...part(0), storageClasses }),
            [],
            new Date(START * 1000).toISOString(),
          ),
        );
        fc.pre(input !== undefined); // else nothing lies between two limits
        const lets = objectFilter(input) ?? (() => true);
        const request = { ...part(1), storageClasses } as never;
        const through = objects.filter((one) => lets({ ...one, lastModified: one.second * 1000 }));
        expect(through).toEqual(objects.filter((one) => !isLeftOut(request, one as never)));
      },
    ),
    randomCases({ quick: 500, full: 2000 }),
  );
});

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
