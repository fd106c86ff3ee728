import fc from 'fast-check';
import { MOST_BYTES, MOST_WAYMARKS } from '../../../lambdas/engine/waymarks/waymark';
import { fitting, formatWaymarks, parseWaymarks } from '../../../lambdas/engine/waymarks/waymark-file';
import { WaymarkLanes } from '../../../lambdas/engine/waymarks/waymark-lanes';
import { key } from '../../support/arbitrary-keys';
import { randomCases } from '../../support/length';

const FOLDERS = ['', 'site/'];
/** What may stand in a file. A waymark is asked about, and not every server accepts a request about a NUL. */
const usableKey = key.filter((name) => !name.includes('\0'));
const write = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

it('reads what it has written, in order and never too large, whatever the keys', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ key: usableKey, objects: fc.integer({ min: 1, max: 1e6 }) }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 60 }),
      (given, times) => {
        const many = given.flatMap(({ key: name, objects }) =>
          Array.from({ length: times }, (_, index) => ({ key: `${name}${index}`.slice(-300), objects })),
        );

        const text = formatWaymarks(fitting(many));

        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MOST_BYTES);
        expect(parseWaymarks(write(text), FOLDERS)).toEqual(fitting(many));
      },
    ),
    randomCases({ quick: 50, full: 500 }),
  );
});

it.each<[string, unknown]>([
  ['is no JSON', '{"waymarks": [['],
  ['is empty', ''],
  ['is another document', { version: 1 }],
  ['has keys that are no text', { waymarks: [[1, 250]] }],
  ['has an empty key', { waymarks: [['', 250]] }],
  ['has counts that are no numbers', { waymarks: [['a', '250']] }],
  ['has a count of zero', { waymarks: [['a', 0]] }],
  ['has a count of a fraction', { waymarks: [['a', 0.5]] }],
  ['has an endless count', '{"waymarks":[["a",1e999]]}'],
  [
    'is out of order',
    {
      waymarks: [
        ['b', 250],
        ['a', 250],
      ],
    },
  ],
  [
    'repeats a key',
    {
      waymarks: [
        ['a', 250],
        ['a', 250],
      ],
    },
  ],
  [
    'is in UTF-16 order',
    {
      waymarks: [
        ['\u{1f600}', 250],
        ['\uffff', 250],
      ],
    },
  ],
  ['has a half of a character', '{"waymarks":[["\\ud800",250]]}'],
  ['has a character that S3 rejects', { waymarks: [['a\u0000', 250]] }],
  ['has a key that is too long', { waymarks: [['a'.repeat(1025), 250]] }],
  ['has a key that is too long in its folder', { waymarks: [['a'.repeat(1020), 250]] }],
  [
    'has too many',
    { waymarks: Array.from({ length: MOST_WAYMARKS + 1 }, (_, index) => [String(index + 10_000), 250]) },
  ],
  ['is too large', `{"waymarks":[["a",250]]${' '.repeat(MOST_BYTES)}}`],
])('uses nothing of a file that %s', (_what, content) => {
  expect(parseWaymarks(write(content), FOLDERS)).toBeUndefined();
});

it('keeps a bounded number of waymarks at full pages, whatever the number of objects', () => {
  const lanes = new WaymarkLanes();
  const walks = Array.from({ length: 3 }, () => lanes.openLane());
  const key = (walk: number, index: number) => `${walk}-${String(index).padStart(7, '0')}`;
  for (let index = 1; index <= 500_000; index++) walks.forEach((lane, walk) => void lane.pass(key(walk, index)));

  const kept = fitting(lanes.waymarks);

  expect(kept.length).toBeGreaterThan(MOST_WAYMARKS / 3);
  expect(kept.length).toBeLessThanOrEqual(MOST_WAYMARKS);
  expect(kept.reduce((sum, { objects }) => sum + objects, 0)).toBe(1_500_000);
  for (const { key: name } of kept) expect(Number(name.slice(2)) % 1000).toBe(0);
});
