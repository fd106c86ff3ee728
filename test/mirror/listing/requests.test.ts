import { past, useMirror } from '../../support/mirror';

const mirror = useMirror();
// what is tested are loops that walk the buckets and act at once
mirror.walksAndActs = true;

const N = 3500;
const PAGES = Math.ceil(N / 1000);
const name = (index: number) => `key-${String(index).padStart(6, '0')}`;

it('lists an unchanged bucket once a loop on each side, and asks for no object', async () => {
  const { source, destination, input } = mirror.createPair();
  for (let index = 0; index < N; index++) {
    source.put(name(index), 'x', { lastModified: past });
    destination.put(name(index), 'x');
  }

  const summary = await mirror.run(input);

  const [phase] = summary.phases;
  for (const counters of [phase?.copy, phase?.delete]) {
    expect(counters).toMatchObject({ listed: N, unchanged: N, requests: { head: 0, copy: 0, delete: 0 } });
    expect(Math.abs((counters?.requests.list ?? 0) - 2 * PAGES)).toBeLessThanOrEqual(1);
  }
  expect(mirror.s3.requests.of('HeadObject')).toBe(0);
});

it('copies an object by one CopyObject and nothing else', async () => {
  const { source, input } = mirror.createPair();
  for (let index = 0; index < 1200; index++) source.put(name(index), 'x', { lastModified: past });

  const summary = await mirror.run(input);

  expect(summary.totals).toMatchObject({ copied: 1200, copiedBytes: 1200 });
  expect(mirror.s3.requests.byOperation()).toMatchObject({ CopyObject: 1200 });
  expect(mirror.s3.requests.of('HeadObject')).toBe(0);
});

it('deletes a page of orphans by one DeleteObjects', async () => {
  const { source, destination, input } = mirror.createPair();
  source.put('the last key', 'x', { lastModified: past });
  destination.put('the last key', 'x');
  for (let index = 0; index < 999; index++) destination.put(`orphan-${name(index)}`, 'x');

  const summary = await mirror.run(input);

  expect(summary.totals.deleted).toBe(999);
  expect(mirror.s3.requests.of('DeleteObjects')).toBe(1);
  expect(mirror.s3.requests.of('DeleteObject')).toBe(0);
});

it('deletes keys that XML cannot carry one by one, and the rest together', async () => {
  const { source, destination, input } = mirror.createPair();
  source.put('kept', 'x', { lastModified: past });
  const odd = ['\u0001', 'a\u001fb', '\uffff', '\ufffe'];
  for (const key of [...odd, 'plain', 'a\r\nb\t', '<&>"', '\u0085', '\u{1f600}']) destination.put(key, 'x');

  const summary = await mirror.run(input);

  expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 9, failed: 0 } });
  expect([...destination.index.after('')].map(({ key }) => key)).toEqual(['kept']);
  expect(mirror.s3.requests.of('DeleteObject')).toBe(odd.length);
  expect(mirror.s3.requests.of('DeleteObjects')).toBe(1);
});

it('counts requests as the server does, with those that had to be repeated', async () => {
  const { source, destination, input } = mirror.createPair();
  for (let index = 0; index < 20; index++) source.put(name(index), 'x', { lastModified: past });
  destination.put('orphan', 'x');
  let refused = 0;
  mirror.s3.onRequest = ({ operation }) =>
    operation === 'CopyObject' && refused++ < 3 ? { status: 503, code: 'SlowDown' } : undefined;

  const summary = await mirror.run(input);

  mirror.s3.onRequest = undefined;
  const { CopyObject, DeleteObjects } = mirror.s3.requests.byOperation();
  expect(summary.totals).toMatchObject({ copied: 20, requests: { copy: CopyObject, delete: DeleteObjects } });
  expect(CopyObject).toBe(23);
});
