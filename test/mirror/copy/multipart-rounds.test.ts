import { isWithin } from '../../../lambdas/engine/keys/key-range';
import { uploadsWithin } from '../../../lambdas/engine/uploads/unfinished-uploads';
import { type Bucket, bodyBytes } from '../../../local/s3';
import type {
  AdvanceInput,
  ContinuationToken,
  LoopState,
  RangeInput,
  RangeResult,
  UnfinishedUpload,
} from '../../../statemachine/contract';
import { openUploads } from '../../support/contents';
import { type MirrorOptions, past, useMemoryMirror } from '../../support/memory-mirror';
import { MIB, putInParts } from '../../support/put-in-parts';

const mirror = useMemoryMirror();

// Of more than 64 MiB, so that the embedded S3 need not digest each part.
const many = Array<number>(100).fill(65 * MIB);
const manyParts = [...Array<number>(59).fill(65 * MIB), MIB];

function expectEqual(source: Bucket, destination: Bucket, key: string): void {
  const [from, to] = [source.get(key), destination.get(key)];
  expect(to).toMatchObject({
    eTag: from?.eTag,
    metadata: from?.metadata,
    tags: from?.tags,
    storageClass: from?.storageClass,
    websiteRedirect: from?.websiteRedirect,
  });
  expect(to?.body.length).toBe(from?.body.length);
  if (from && to && from.body.length < 64 * MIB) expect(bodyBytes(to.body).equals(bodyBytes(from.body))).toBe(true);
}

/** A clock on which each reading takes a moment, so that a budget is a number of readings. */
function shortRounds(budget: number): MirrorOptions {
  let time = 0;
  return { host: { now: () => time++, roundBudgetsMs: [budget] } };
}

it('continues with the parts of a version that is later than the plan', async () => {
  const { source, destination, input } = mirror.createPair();
  destination.put('large', 'x', { lastModified: past });
  putInParts(source, 'large', many.slice(0, 100), { lastModified: past });
  const latest = [...many.slice(0, 100), MIB];
  let parts = 0;
  let rounds = 0;
  mirror.s3.onRequest = ({ operation }) => {
    if (operation === 'UploadPartCopy') parts += 1;
    return undefined;
  };
  let time = 0;

  const summary = await mirror.run(input, {
    serial: true,
    host: { now: () => time++, roundBudgetsMs: [40] },
    around: async (task, _input, invoke) => {
      const result = await invoke();
      if (task === 'AdvanceCopy' && rounds++ === 0) putInParts(source, 'large', latest, { lastModified: past });
      return result;
    },
  });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
  expect(rounds).toBeGreaterThan(3);
  // some were asked for in vain, of the version in the plan
  expect(parts).toBeLessThan(2 * latest.length);
  expectEqual(source, destination, 'large');
  expect(openUploads(destination)).toEqual([]);
});

it('continues with the parts of the round before, and copies each part once', async () => {
  const { source, destination, input } = mirror.createPair();
  for (const key of ['a', 'b', 'd']) source.put(key, 'x', { lastModified: past });
  putInParts(source, 'c', manyParts, { lastModified: past });
  const tokens: ContinuationToken[] = [];
  const uploads: UnfinishedUpload[] = [];

  const summary = await mirror.run(input, {
    ...shortRounds(12),
    around: async (_task, _input, invoke) => {
      const result = (await invoke()) as Partial<RangeResult>;
      tokens.push(...(result.tokens ?? []));
      uploads.push(...(result.uploads ?? []));
      return result;
    },
  });

  expect(summary).toMatchObject({ status: 'succeeded', phases: [{ copy: { listed: 4, copied: 4 } }] });
  expect(tokens).toContainEqual({ after: 'b', until: 'c' });
  expect(new Set(uploads.map(({ key }) => key))).toEqual(new Set(['c']));
  expect(mirror.s3.requests.byOperation()).toMatchObject({ UploadPartCopy: 60, CreateMultipartUpload: 1 });
  expectEqual(source, destination, 'c');
  expect(openUploads(destination)).toEqual([]);
});

it.each([
  ['few keys of it', 12],
  ['a part of it', 200],
  ['most of it', 600],
])(
  'finishes an upload although many keys came into its range meanwhile, if each round does %s',
  async (_what, budget) => {
    // Given a large object that is handed on half copied
    const { source, destination, input } = mirror.createPair();
    source.put('b', 'x', { lastModified: past });
    putInParts(source, 'c', manyParts, { lastModified: past });
    const holders: number[] = [];

    // When its range is so long in the next round that several walkers and Tasks share it
    const summary = await mirror.run(input, {
      host: { ...shortRounds(0).host, roundBudgetsMs: [12, 12, budget] },
      pageSize: 2,
      around: async (task, taskInput, invoke) => {
        const result = (await invoke()) as Partial<RangeResult> & Partial<LoopState>;
        if (task === 'CopyRange' && result.uploads && holders.length === 0) {
          for (let index = 0; index < 300; index++) source.put(`b/${index}`, 'x', { lastModified: past });
        }
        const { loop } = taskInput as Partial<AdvanceInput>;
        if (task === 'AdvanceCopy' && loop?.uploads.length) {
          holders.push([...loop.tokens.flat(), ...loop.waiting].filter((range) => isWithin(range, 'c')).length);
        }
        return result;
      },
    });

    // Then
    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 302 } });
    expect(new Set(holders)).toEqual(new Set([1])); // one range at a time had it
    expect(mirror.s3.requests.of('AbortMultipartUpload')).toBe(0);
    expect(mirror.s3.requests.byOperation()).toMatchObject({ CreateMultipartUpload: 1, UploadPartCopy: 60 });
    expectEqual(source, destination, 'c');
    expect(openUploads(destination)).toEqual([]);
  },
);

it('finishes an upload whose range waits for a later round', async () => {
  const { source, destination, input } = mirror.createPair();
  for (const key of ['c', 'd', 'e']) putInParts(source, key, manyParts, { lastModified: past });
  let waited = 0;

  const summary = await mirror.run(input, {
    ...shortRounds(12),
    around: async (task, _taskInput, invoke) => {
      const result = await invoke();
      const loop = result as LoopState;
      if (task !== 'AdvanceCopy' || loop.uploads.length < 2) return result;
      const [first = [], ...others] = loop.tokens;
      const waiting = [...loop.waiting, ...others.flat()];
      waited += uploadsWithin(waiting, loop.uploads).length;
      return { ...loop, tokens: first.length > 0 ? [first] : [], waiting };
    },
  });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 3 } });
  expect(waited).toBeGreaterThan(0);
  expect(mirror.s3.requests.byOperation()).toMatchObject({ CreateMultipartUpload: 3, UploadPartCopy: 180 });
  expect(openUploads(destination)).toEqual([]);
});

it('has nothing left of a range whose end was decided, if the page ends there and the walk stopped at that moment', async () => {
  const { source, input } = mirror.createPair();
  for (const key of ['c', 'd', 'e']) putInParts(source, key, manyParts.slice(-12), { lastModified: past });
  const tokens: ContinuationToken[] = [];

  const summary = await mirror.run(input, {
    ...shortRounds(1),
    pageSize: 1,
    around: async (_task, _input, invoke) => {
      const result = (await invoke()) as Partial<RangeResult>;
      tokens.push(...(result.tokens ?? []));
      return result;
    },
  });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { listed: 3, copied: 3 } });
  expect(tokens.filter(({ after, until }) => until !== undefined && after === until)).toEqual([]);
});

it('leaves an upload alone that goes on, if the end of its range was decided and the walk stopped at that moment', async () => {
  const { source, destination, input } = mirror.createPair();
  putInParts(source, 'c', manyParts.slice(-12), { lastModified: past });
  source.put('d', 'x', { lastModified: past });

  const summary = await mirror.run(input, { ...shortRounds(1), pageSize: 1 });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 2 } });
  expect(mirror.s3.requests.byOperation()).toMatchObject({ UploadPartCopy: 12, CreateMultipartUpload: 1 });
  expect(mirror.s3.requests.of('AbortMultipartUpload')).toBe(0);
  expect(openUploads(destination)).toEqual([]);
});

/** Runs until the large object is handed on for the first time, then changes something, then goes on. */
function afterFirstHandOn(change: () => void): MirrorOptions {
  let handedOn = false;
  return {
    ...shortRounds(12),
    around: async (task, _input, invoke) => {
      const result = (await invoke()) as Partial<RangeResult>;
      if (task === 'CopyRange' && !handedOn && result.uploads) {
        handedOn = true;
        change();
      }
      return result;
    },
  };
}

it.each<[what: string, change: (source: Bucket, destination: Bucket) => void, copied: boolean]>([
  ['changed', (source) => source.put('c', 'another'), true],
  ['is gone', (source) => source.remove('c'), false],
  ['was copied by somebody else', (source, destination) => void destination.add(source.get('c') as never), false],
])('aborts an upload if its source %s between two rounds', async (_what, change, copied) => {
  const { source, destination, input } = mirror.createPair();
  source.put('a', 'x', { lastModified: past });
  putInParts(source, 'c', manyParts, { lastModified: past });

  const summary = await mirror.run(
    input,
    afterFirstHandOn(() => change(source, destination)),
  );

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: copied ? 2 : 1 } });
  expect(openUploads(destination)).toEqual([]);
  expect(destination.get('c')?.eTag).toBe(source.get('c')?.eTag);
});

it('leaves no parts behind if the run is stopped, or if its loop fails', async () => {
  const stop = new AbortController();
  const stopped = mirror.createPair();
  putInParts(stopped.source, 'c', manyParts, { lastModified: past });
  let parts = 0;
  mirror.s3.onRequest = ({ operation }) => {
    if (operation === 'UploadPartCopy' && ++parts === 5) stop.abort();
    return undefined;
  };
  const summary = await mirror.run(stopped.input, { host: { signal: stop.signal } });
  expect(summary).toMatchObject({ error: { name: 'InterruptedError' }, totals: { copied: 0 } });
  expect(openUploads(stopped.destination)).toEqual([]);

  mirror.s3.onRequest = undefined;
  const broken = mirror.createPair();
  putInParts(broken.source, 'c', manyParts, { lastModified: past });
  const failed = await mirror.run(broken.input, {
    ...shortRounds(12),
    around: async (task, input, invoke) => {
      if (task === 'CopyRange' && (input as RangeInput).uploads?.length) throw new Error('The second round fails');
      return invoke();
    },
  });
  expect(failed).toMatchObject({ status: 'failed', error: { message: 'The second round fails' } });
  expect(openUploads(broken.destination)).toEqual([]);
});

describe('an upload that is needed no more and cannot be aborted', () => {
  const refuseAborts = () => {
    mirror.s3.onRequest = ({ operation }) =>
      operation === 'AbortMultipartUpload' ? { status: 403, code: 'AccessDenied' } : undefined;
  };

  it('is left behind, and everything else that the round did counts', async () => {
    const { source, destination, input } = mirror.createPair();
    for (const key of ['a', 'd', 'e']) source.put(key, 'x', { lastModified: past });
    putInParts(source, 'c', manyParts, { lastModified: past });

    const summary = await mirror.run(
      input,
      afterFirstHandOn(() => {
        source.put('c', 'another');
        refuseAborts();
      }),
    );

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 4 } });
    expect(openUploads(destination)).toHaveLength(1);
  });

  it('does not hide the reason why the loop failed', async () => {
    const { source, input } = mirror.createPair();
    putInParts(source, 'c', manyParts, { lastModified: past });

    const summary = await mirror.run(input, {
      ...shortRounds(12),
      around: async (task, taskInput, invoke) => {
        if (task !== 'CopyRange' || !(taskInput as RangeInput).uploads?.length) return invoke();
        refuseAborts();
        throw new Error('The second round fails');
      },
    });

    expect(summary).toMatchObject({ status: 'failed', error: { message: 'The second round fails' } });
  });
});
