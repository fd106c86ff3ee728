import { gunzipSync } from 'node:zlib';
import type { RunStore } from '../../../lambdas/engine/ports/run-store';
import { readFailures } from '../../../lambdas/engine/report/read-report';
import { Report } from '../../../lambdas/engine/report/report';
import { openRunStore } from '../../../lambdas/host/run-store/open-run-store';
import type { ReportLine } from '../../../statemachine/contract';
import { useMemoryMirror } from '../../support/memory-mirror';

/** Keeps in memory what is put; refuses every put from number `refuseFrom` on. */
function memoryStore(refuseFrom = Number.POSITIVE_INFINITY) {
  const parts = new Map<string, Uint8Array>();
  let puts = 0;
  const store: Partial<RunStore> = {
    async putIfAbsent(name, body) {
      puts += 1;
      if (puts >= refuseFrom) throw new Error(`put ${puts} was refused`);
      expect(parts.has(name)).toBe(false);
      parts.set(name, Buffer.from(body));
      return true;
    },
    async get(name) {
      const body = parts.get(name);
      return body && { body: Buffer.from(body), version: '' };
    },
    async list(prefix, after = '') {
      return [...parts.keys()].filter((name) => name.startsWith(prefix) && name > after).sort();
    },
  };
  return { store: store as RunStore, parts };
}

const line = (index: number, error?: string): ReportLine => ({
  time: '2026-01-01T00:00:00.000Z',
  phase: 'sync',
  action: 'copy',
  outcome: error === undefined ? 'done' : 'failed',
  key: `key ${index}\n`,
  sizeBytes: index,
  eTag: 'e',
  reason: 'missing',
  ...(error !== undefined && { error }),
});

/** The parts with lines, without the tally. */
function linesIn(parts: ReadonlyMap<string, Uint8Array>): [string, Uint8Array][] {
  return [...parts].filter(([name]) => name.endsWith('.jsonl.gz'));
}

function read(part: Uint8Array | undefined): ReportLine[] {
  const lines = gunzipSync(part ?? Buffer.of())
    .toString('utf8')
    .split('\n');
  expect(lines.pop()).toBe(''); // the last line ends like all others
  return lines.map((text) => JSON.parse(text) as ReportLine);
}

it('begins another part when long lines have filled one', async () => {
  const { store, parts } = memoryStore();
  const report = new Report(store, 'run', 'writer');

  const long = 'x'.repeat(7 * 1024 ** 2);
  for (let index = 0; index < 4; index++) await report.add(line(index, long));
  await report.close();

  expect(
    linesIn(parts)
      .map(([, part]) => read(part))
      .map((part) => part.length),
  ).toEqual([3, 1]);
});

it('loses no more than the current part if it is never closed', async () => {
  const { store, parts } = memoryStore();
  const report = new Report(store, 'run', 'writer');

  for (let index = 0; index < 25_000; index++) await report.add(line(index));

  expect(
    linesIn(parts)
      .map(([, part]) => read(part))
      .map((part) => part.length),
  ).toEqual([10_000, 10_000]);
});

it.each<[lines: number, parts: number[]]>([
  [0, []],
  [1, [1]],
  [9_999, [9_999]],
  [10_000, [10_000]],
  [10_001, [10_000, 1]],
  [20_000, [10_000, 10_000]],
])('writes %d lines in parts of at most 10,000, each once and in order', async (count, sizes) => {
  const { store, parts } = memoryStore();
  const report = new Report(store, 'run', 'writer');

  for (let index = 0; index < count; index++) await report.add(line(index));
  await report.close();

  const written = linesIn(parts).map(([, part]) => read(part));
  expect(written.map((part) => part.length)).toEqual(sizes);
  expect(written.flat().map(({ sizeBytes }) => sizeBytes)).toEqual(Array.from({ length: count }, (_, index) => index));
  expect(linesIn(parts).map(([name]) => name)).toEqual(
    sizes.map((_, part) => `runs/run/actions/writer-${part}.jsonl.gz`),
  );
});

it('keeps failures in parts of their own, so that they are found at once', async () => {
  const { store, parts } = memoryStore();
  const report = new Report(store, 'run', 'writer');
  for (let index = 0; index < 30; index++) await report.add(line(index, index % 10 === 0 ? 'denied' : undefined));
  await report.close();
  expect(read(parts.get('runs/run/failures/writer-0.jsonl.gz'))).toEqual(
    [0, 10, 20].map((index) => line(index, 'denied')),
  );
  expect(await readFailures(store, 'run', 2)).toEqual([line(0, 'denied'), line(10, 'denied')]);
  expect(await readFailures(store, 'another', 2)).toEqual([]);
});

it('collects failures of several writers up to the limit, each object once', async () => {
  const { store } = memoryStore();
  const writers = { a: [0, 1, 2], b: [2, 3], c: [4, 5, 6] };
  for (const [writer, indexes] of Object.entries(writers)) {
    const report = new Report(store, 'run', `sync-copy-0-0-${writer}`);
    for (const index of indexes) await report.add(line(index, 'denied'));
    await report.close();
  }
  const collect = async (limit: number) => (await readFailures(store, 'run', limit)).map(({ sizeBytes }) => sizeBytes);
  expect(await collect(6)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(await collect(100)).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

it("throws the store's error when it is closed, not when a line is added", async () => {
  const { store } = memoryStore(1);
  const report = new Report(store, 'run', 'writer');
  for (let index = 0; index < 10_001; index++) await report.add(line(index));
  await expect(report.close()).rejects.toThrow('put 1 was refused');
});

describe('a run whose report cannot be written', () => {
  const mirror = useMemoryMirror();

  it('fails with the error of the store, counts it on no object, and does the rest of the work the next time', async () => {
    // Given
    const { source, destination, input } = mirror.createPair();
    for (const key of ['a', 'b']) source.put(key, 'x', { lastModified: new Date(0) });
    const store = openRunStore(mirror.reportLocation);
    const putIfAbsent: RunStore['putIfAbsent'] = async (name, body) => {
      if (name.includes('/actions/')) throw Object.assign(new Error('The disk is full'), { name: 'StoreIsFull' });
      return openRunStore(mirror.reportLocation).putIfAbsent(name, body);
    };

    // When
    const summary = await mirror.run(input, { host: { runStore: Object.assign(store, { putIfAbsent }) } });

    // Then
    expect(summary).toMatchObject({ status: 'failed', error: { name: 'StoreIsFull', message: 'The disk is full' } });
    expect(summary.totals.failed).toBe(0);
    expect(await mirror.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 0, failed: 0 } });
    expect(destination.index.size).toBe(2);
  });
});
