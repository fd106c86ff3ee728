import { parseByteSize } from '../../../statemachine/input/byte-size';
import { parseSyncInput } from '../../../statemachine/input/parse-sync-input';

it.each([
  [0, 0],
  [5, 5],
  ['5', 5],
  ['5B', 5],
  ['5KB', 5000],
  ['5 kb', 5000],
  ['5K', 5 * 1024],
  ['5k', 5 * 1024],
  ['5KiB', 5 * 1024],
  ['64MiB', 64 * 1024 ** 2],
  ['1.5GiB', 1.5 * 1024 ** 3],
  ['1.1K', 1126],
  ['5TB', 5e12],
  ['1P', 1024 ** 5],
])('reads the size %j as %d bytes', (text, bytes) => {
  expect(parseByteSize(text)).toBe(bytes);
});

it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '', 'x', '-5', '5XB', '5MBi', '1e3', '1,000', '9999P', '0x10'])(
  'rejects %j as a size, and says what it accepts',
  (size) => {
    const buckets = { source: 'a-source', destination: 'a-destination' };

    expect(parseByteSize(size)).toBeUndefined();
    expect(() => parseSyncInput({ ...buckets, minSize: size })).toThrow(
      /^Expected `minSize` to be a number of bytes, or text like "500KB", "5MiB" or "1.5G"/,
    );
  },
);
