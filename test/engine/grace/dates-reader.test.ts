import { fingerprint, IS_BACK, type Orphan, partOf, recordOf } from '../../../lambdas/engine/grace/dates';
import { DatesReader } from '../../../lambdas/engine/grace/dates-reader';
import { PlaceOfDates } from '../../../lambdas/engine/grace/place-of-dates';
import type { RunStore } from '../../../lambdas/engine/ports/run-store';
import { sha256 } from '../../../lambdas/engine/remembered/files';

const mirror = { source: 's', destination: 'd', destinationPrefix: '' };
const place = new PlaceOfDates(mirror, {});
const orphan = (key: string): Orphan => ({ key, eTag: '"e"', lastModified: 1_700_000_000_123 });

/** A place for reports with one list for each run, and its parts. */
function storeOf(runs: Record<string, { parts: [key: string, since: number][][]; looked?: object[] }>) {
  const files = new Map<string, Buffer>();
  for (const [generation, { parts, looked = [] }] of Object.entries(runs)) {
    const listed = parts.map((records, index) => {
      const body = partOf(records.map(([key, since]) => recordOf(fingerprint(key, orphan(key)), since)));
      const name = `${place.parts}${generation}-${index}`;
      files.set(name, body);
      return { name, first: records[0]?.[0] ?? '', last: records.at(-1)?.[0] ?? '', sha256: sha256(body) };
    });
    const layers = [{ generation, parts: listed, looked }];
    files.set(`${place.indexes}${generation}.json`, Buffer.from(JSON.stringify({ layers })));
  }
  const read: string[] = [];
  const store = {
    get: async (name: string) => {
      read.push(name);
      const body = files.get(name);
      return body && { body, version: '' };
    },
    list: async (prefix: string, after = '') =>
      [...files.keys()].filter((name) => name.startsWith(prefix) && name > after).sort(),
  };
  return { store: store as unknown as RunStore, read, files };
}

it('reads each part once in the order of keys, and keeps few of them, however many there are', async () => {
  const parts = Array.from({ length: 400 }, (_, part) => [`${1000 + part}`, `${1000 + part}x`]);
  const dated = parts.map((keys) => keys.map((key): [string, number] => [key, Number.parseInt(key, 10)]));
  const { store, read } = storeOf({ one: { parts: dated } });
  const reader = new DatesReader(store, place, [{}], 'other');

  for (const key of parts.flat()) expect(await reader.sinceOf(orphan(key))).toBe(Number.parseInt(key, 10));
  expect(read.filter((name) => name.startsWith(place.parts))).toHaveLength(400);
  await reader.sinceOf(orphan('1000'));

  expect(read.filter((name) => name.startsWith(place.parts))).toHaveLength(401);
});

it('believes the newest run that has looked, or has named the orphan', async () => {
  const { store } = storeOf({
    '1': {
      parts: [
        [
          ['a', 1],
          ['b', 1],
          ['c', 1],
          ['d', 1],
        ],
      ],
      looked: [{}],
    },
    '2': {
      parts: [
        [
          ['a', 2],
          ['b', IS_BACK],
        ],
      ],
    },
    '3': { parts: [], looked: [{ after: 'b', until: 'c' }] },
  });
  const reader = new DatesReader(store, place, [{}], 'other');

  const found = ['a', 'b', 'c', 'd', 'e'].map((key) => reader.sinceOf(orphan(key)));

  expect(await Promise.all(found)).toEqual([2, undefined, undefined, 1, undefined]);
});

it.each<[what: string, other: Partial<Orphan>]>([
  ['ETag', { eTag: '"f"' }],
  ['date', { lastModified: 1_700_000_001_000 }],
])('does not know an object of another %s', async (_what, other) => {
  const { store } = storeOf({ '1': { parts: [[['a', 1]]] } });
  const reader = new DatesReader(store, place, [{}], 'other');

  expect(await reader.sinceOf({ ...orphan('a'), ...other })).toBeUndefined();
  expect(await reader.sinceOf({ ...orphan('a'), lastModified: 1_700_000_000_000 })).toBe(1);
});

it.each([
  ['two servers', mirror, { endpoint: 'http://a' }],
  ['two buckets', { ...mirror, destination: 'e' }, {}],
])('keeps the dates of %s apart', (_what, other, host) => {
  expect(new PlaceOfDates(other, host).indexes).not.toBe(place.indexes);
});

it('keeps the dates of a destination together, whatever the source is, and whatever part a run looks at', () => {
  const whole = new PlaceOfDates({ ...mirror, destinationPrefix: 'www/' }, {});
  const part = new PlaceOfDates({ ...mirror, source: 't', destinationPrefix: 'www/img/a/' }, {});

  expect(part.indexes).toBe(whole.indexes);
  expect([whole.keyOf('img/a/x'), part.keyOf('x')]).toEqual(['www/img/a/x', 'www/img/a/x']);
  expect(part.rangeOf({ after: 'k' })).toMatchObject({ after: 'www/img/a/k' });
});
