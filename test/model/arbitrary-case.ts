import fc from 'fast-check';
import { aGlob } from './arbitrary-globs';
import { anObject, FIRST_SECOND } from './arbitrary-objects';

const sometimes = <T>(arbitrary: fc.Arbitrary<T>, percent: number) =>
  fc.oneof({ weight: 100 - percent, arbitrary: fc.constant(undefined) }, { weight: percent, arbitrary });
const rarely = (times: number) => fc.nat(times).map((number) => number === 0);

const pieces = ['a', 'b', 'x', '/', '/', '.', 'é', '\u{1f600}', '\uffee', ' ', '+', '%', '*', ']', '.html', '.htm'];

/** Short, so that many share folders, and that globs meet them. */
export const aKey = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
const aKeyOfAnyKind = fc.oneof(
  { weight: 14, arbitrary: aKey },
  { weight: 1, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constantFrom('.bucketsync/', '.bucketsync/mine', '.bucketsync', '.bucketsync0') },
);

/** What the destination has under a key of the source: most often the same, of another date. */
const counterpart = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 4, arbitrary: fc.record({ alike: fc.constant(true), second: fc.nat(4) }) },
  { weight: 2, arbitrary: anObject },
);

/** What happens to a key between the first run and the second one. */
const change = fc.oneof(
  { weight: 12, arbitrary: fc.constant(undefined) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('roll back' as const) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('put' as const), object: anObject }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom('remove' as const, 'remove there' as const) }) },
);

/** A key on both sides, with what was there before and what comes after. */
const aPlacedKey = fc.record({
  key: aKeyOfAnyKind,
  source: sometimes(anObject, 60),
  /** The source's version before; a bucket without versions gets it back with its old date. */
  older: anObject,
  destination: counterpart,
  change,
});

const shares = ['0%', '10%', '33.4%', '50%', '100%'] as const;
const strategies = ['auto', 'auto', 'auto', 'size', 'etag', 'size-and-time', 'metadata', 'checksum', 'always'] as const;

/** Around the sizes and dates of the objects. */
const someFilters = fc
  .record({
    minSize: sometimes(fc.constantFrom(0, 3, 4, 5, 1000), 40),
    maxSize: sometimes(fc.constantFrom(0, 3, 4, 1000), 40),
    newerThan: sometimes(fc.nat(5), 40),
    olderThan: sometimes(fc.constantFrom(1, 2, 3, 4, 1_000_000_000), 40),
    storageClasses: sometimes(
      fc.constantFrom(['STANDARD'], ['STANDARD_IA', 'DEEP_ARCHIVE'], ['STANDARD', 'STANDARD_IA']),
      40,
    ),
  })
  .map(({ minSize, maxSize, newerThan, olderThan, storageClasses }) => ({
    minSize,
    maxSize: minSize !== undefined && maxSize !== undefined ? Math.max(minSize, maxSize) : maxSize,
    newerThan: newerThan === undefined ? undefined : FIRST_SECOND + newerThan,
    olderThan: olderThan === undefined ? undefined : FIRST_SECOND + Math.max(olderThan, (newerThan ?? 0) + 1),
    storageClasses,
  }));
const noFilters = fc.constant<Partial<typeof someFilters extends fc.Arbitrary<infer Filters> ? Filters : never>>({});

const anInput = fc
  .record({
    prefix: fc.constantFrom('', '', 'a/', 'p/', 'a'),
    destinationPrefix: sometimes(fc.constantFrom('', 'q/', 'a/'), 50),
    startAfter: sometimes(aKey, 25),
    include: sometimes(fc.array(aGlob, { minLength: 1, maxLength: 2 }), 40),
    exclude: sometimes(fc.array(aGlob, { minLength: 1, maxLength: 2 }), 40),
    compare: fc.constantFrom(...strategies),
    delete: rarely(6).map((is) => !is),
    maxDeletes: sometimes(fc.oneof(fc.nat(2), fc.constantFrom(...shares)), 50),
    maxOverwrites: sometimes(fc.oneof(fc.nat(2), fc.constantFrom(...shares)), 20),
    plan: sometimes(fc.boolean(), 40),
    allowEmptySource: rarely(3),
    archived: fc.constantFrom('fail' as const, 'fail' as const, 'skip' as const, 'restore' as const),
    mode: fc.constantFrom('mirror' as const, 'mirror' as const, 'publish' as const),
    order: sometimes(fc.uniqueArray(aGlob, { minLength: 1, maxLength: 2 }), 20),
    dryRun: rarely(6),
    verify: rarely(3),
    conditional: rarely(4),
    tags: fc.constantFrom('copy' as const, 'copy' as const, 'copy' as const, 'ignore' as const),
    storageClass: fc.constantFrom('same' as const, 'same' as const, 'same' as const, 'STANDARD_IA' as const),
  })
  .chain((input) => fc.oneof(noFilters, someFilters).map((filters) => ({ ...input, ...filters })))
  // what a guard judges is a plan
  .map(({ maxDeletes, maxOverwrites, ...input }) => ({
    ...input,
    ...(input.plan !== false && { maxDeletes, maxOverwrites }),
  }))
  // a page may not be published before what waits
  .map((input) => ({
    ...input,
    archived: (input.mode === 'publish' || input.order) && input.archived === 'restore' ? 'skip' : input.archived,
  }))
  // to `always` everything differs, so nothing could be verified
  .map((input) => ({ ...input, verify: input.verify && (input.compare !== 'always' || input.dryRun) }));

const someFaults: fc.Arbitrary<{ at: number; row: number }[]> = fc.array(
  fc.record({ at: fc.nat(80), row: fc.nat(1000) }),
  { maxLength: 4 },
);

/** How S3, the clock and the machine behave. */
const conditions = fc.record({
  pageSize: fc.constantFrom(1, 2, 3, 1000),
  budgetMs: fc.constantFrom(1, 3, 60_000),
  rangesAtOnce: fc.constantFrom(1, 2, 4),
  faults: fc.oneof(
    { weight: 7, arbitrary: fc.constant<{ at: number; row: number }[]>([]) },
    { weight: 1, arbitrary: someFaults },
  ),
});

const bucket = fc.record({ versioned: fc.boolean(), encrypts: rarely(5) });

/** Two buckets, an input, and what comes between: everything that the outcome of two runs depends on. */
export const aCase = fc.record({
  buckets: fc.record({ source: bucket, destination: bucket }),
  objects: fc.uniqueArray(aPlacedKey, { maxLength: 14, selector: ({ key }) => key }),
  input: anInput,
  conditions,
  /** Nothing of the folder's objects is at the source, but for those named like folders. */
  isEmptied: rarely(8),
  /** Whether there are changes and a second run that has something to do. */
  goesOn: rarely(2),
});

export type ModelCase = typeof aCase extends fc.Arbitrary<infer Case> ? Case : never;
