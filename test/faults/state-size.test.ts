import type { TaskName } from '../../local/handlers';
import { STATE_LIMIT_BYTES } from '../../statemachine/budgets';
import type { AdvanceInput } from '../../statemachine/contract';
import { openUploads } from '../support/contents';
import { atLength, everyNth } from '../support/length';
import { past, useMemoryMirror } from '../support/memory-mirror';
import { MIB, putInParts } from '../support/put-in-parts';
import { roundsOf } from '../support/rounds-of';

const mirror = useMemoryMirror();

/** What all ranges of a round may bring back. */
const TOKENS_LIMIT = 200 * 1024;

const LONGEST = 1024;

/** A key of 1,024 bytes, of characters that JSON writes in six bytes each. */
const longKey = (index: number) =>
  index
    .toString(7)
    .padStart(LONGEST, '0')
    .replaceAll(/\d/g, (digit) => String.fromCharCode(Number(digit) + 1));
/** The same length, and different from the first character on. */
const earlyKey = (index: number) => [...longKey(index)].reverse().join('');
const shortKey = (index: number) => `\u0001${index}`;

/** The largest input or result of a Task, which is about what the state then is, and what tokens and uploads a round brought back. */
class StateSizes {
  largest = 0;
  tokens = 0;
  failedRanges = 0;

  readonly around = async (_task: TaskName, input: unknown, invoke: () => Promise<unknown>) => {
    const result = await invoke();
    this.largest = Math.max(this.largest, bytes(input), bytes(result));
    const { loop } = input as Partial<AdvanceInput>;
    const ranges = loop?.results ?? [loop?.result ?? []].flat();
    const left = ranges.flatMap((range) => ('tokens' in range ? [range.tokens, range.uploads ?? []] : []));
    this.tokens = Math.max(this.tokens, bytes(left));
    const failed = ranges.filter((range) => 'error' in range);
    this.failedRanges = Math.max(this.failedRanges, failed.length);
    return result;
  };
}

const longKeys: readonly (readonly [what: string, keys: (index: number) => string])[] = [
  ['differ at their end', longKey],
  ['differ at their beginning', earlyKey],
  ['come behind short ones', (index) => (index < 250 ? shortKey(index) : `\u0002${longKey(index).slice(1)}`)],
];

it.each(everyNth(3, longKeys, 1))(
  'keeps the state of an execution under its limit, if keys of 1,024 bytes %s',
  async (_what, keys) => {
    const { source, destination, input } = mirror.createPair();
    const count = atLength({ quick: 300, full: 800 });
    for (let index = 0; index < count; index++) {
      source.put(keys(index), '');
      destination.put(keys(index), '');
    }
    let clock = 0;
    const sizes = new StateSizes();

    const summary = await mirror.run(
      { ...input, compare: 'size', maxConcurrency: 1000 },
      {
        pageSize: 10,
        host: { roundBudgetsMs: [200, 30], rangesAtOnce: 1000, now: () => clock++ },
        around: sizes.around,
      },
    );

    expect(summary).toMatchObject({ status: 'succeeded', totals: { unchanged: 2 * count } });
    expect(sizes.tokens).toBeGreaterThan(10 * LONGEST); // some did come back
    expect(sizes.tokens).toBeLessThan(TOKENS_LIMIT);
    expect(sizes.largest).toBeLessThan(STATE_LIMIT_BYTES);
  },
);

it('keeps the state under its limit if many large objects with such keys are handed on half copied', async () => {
  const { source, destination, input } = mirror.createPair();
  const count = atLength({ quick: 30, full: 60 });
  for (let index = 0; index < count; index++) {
    putInParts(source, longKey(index), [65 * MIB, 65 * MIB, 65 * MIB, 65 * MIB, 65 * MIB], { lastModified: past });
  }
  const sizes = new StateSizes();

  const summary = await mirror.run(
    { ...input, maxConcurrency: 1000 },
    { host: { ...roundsOf(1), rangesAtOnce: 1000 }, around: sizes.around },
  );

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: count } });
  expect(destination.index.size).toBe(count);
  expect(openUploads(destination)).toEqual([]);
  expect(mirror.s3.requests.of('CreateMultipartUpload')).toBe(count);
  expect(sizes.tokens).toBeGreaterThan(10 * LONGEST);
  expect(sizes.tokens).toBeLessThan(TOKENS_LIMIT);
  expect(sizes.largest).toBeLessThan(STATE_LIMIT_BYTES);
});

const beginnings = [
  ['short', 'key'],
  ['long', `\u0001${'"'.repeat(900)}`],
] as const;

it.each(everyNth(2, beginnings, 1))(
  'keeps the state under its limit if all ranges of a round fail, beside keys that are %s',
  async (_what, start) => {
    const { source, destination, input } = mirror.createPair();
    const keys = Array.from({ length: 4000 }, (_, index) => `${String(index).padStart(4, '0')}${start}`);
    for (const key of keys) source.put(key, 'x', { lastModified: past });
    let rounds = 0;
    const sizes = new StateSizes();
    mirror.s3.onRequest = ({ operation, bucket }) =>
      operation === 'ListObjectsV2' && bucket === destination.name && rounds > 0
        ? { status: 403, code: 'AccessDenied', message: `You may not list it. ${'Ask its owner. '.repeat(20)}` }
        : undefined;
    let clock = 0;

    const summary = await mirror.run(
      { ...input, compare: 'size', maxConcurrency: 1000, delete: false },
      {
        pageSize: 10,
        host: { roundBudgetsMs: [400, 30], rangesAtOnce: 1000, now: () => clock++ },
        around: async (task, taskInput, invoke) => {
          if (task === 'AdvanceCopy') rounds += 1;
          return sizes.around(task, taskInput, () => invoke().catch(asLambdaTells));
        },
      },
    );

    expect(summary.error).toMatchObject({ name: 'ListingError', message: expect.stringContaining('Could not list') });
    expect(sizes.failedRanges).toBeGreaterThan(5);
    expect(sizes.largest).toBeLessThan(STATE_LIMIT_BYTES);
  },
);

/** The cause of a Task's error is JSON, the trace included. */
function asLambdaTells({ name, message, stack = '' }: Error): never {
  const cause = { errorType: name, errorMessage: message, trace: stack.split('\n') };
  throw Object.assign(new Error(JSON.stringify(cause)), { name });
}

it('accepts as many globs as the state has room for, and rejects more at once', async () => {
  const { source, input } = mirror.createPair();
  const count = atLength({ quick: 15, full: 200 });
  for (let index = 0; index < count; index++) source.put(longKey(index), '');
  const globs = (count: number) => Array.from({ length: count }, (_, index) => `${index}-${'x'.repeat(1000)}`);
  const sizes = new StateSizes();

  const taken = await mirror.run(
    { ...input, exclude: globs(38) },
    { pageSize: 10, host: { ...roundsOf(1), rangesAtOnce: 1000 }, around: sizes.around },
  );
  const refused = await mirror.run({ ...input, exclude: globs(131) }, { around: sizes.around });

  expect(taken).toMatchObject({ status: 'succeeded', totals: { copied: count } });
  expect(refused).toMatchObject({ phases: [], error: { name: 'InvalidInputError' } });
  expect(refused.error?.message).toContain('Expected the input to be at most 40960 bytes of JSON');
  expect(sizes.largest).toBeLessThan(STATE_LIMIT_BYTES);
});

it('names ten of many failures in the summary, however long their keys are', async () => {
  const { source, input } = mirror.createPair();
  for (let index = 0; index < 300; index++) source.put(longKey(index), 'x');
  mirror.s3.onRequest = ({ operation }) =>
    operation === 'CopyObject' ? { status: 403, code: 'AccessDenied' } : undefined;

  const summary = await mirror.run(input);

  expect(summary).toMatchObject({ totals: { failed: 300 } });
  expect(summary.error?.keys).toHaveLength(10);
  expect(bytes(summary)).toBeLessThan(STATE_LIMIT_BYTES / 3);
});

function bytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '');
}
