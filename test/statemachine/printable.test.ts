import { printable, printableJson, printableLine } from '../../statemachine/printable';
import { HOSTILE } from '../support/hostile-text';

it.each(HOSTILE)('shows %j as its code', (text) => {
  const shown = printable(`a${text}b`);

  expect(shown).toMatch(/^a\\u[0-9a-f]{4}/);
  expect(JSON.parse(`"${shown}"`)).toBe(`a${text}b`);
});

it('shows half a character as its code', () => {
  expect(printable('a\ud800b')).toBe('a\\ud800b');
});

it.each(['é日本語', 'a\nb', 'שלום', 'مرحبا', '👩‍💻', '👩🏽‍💻', '❤️‍🔥', 'e\u0301'])('leaves %j as it is', (text) => {
  expect(printable(text)).toBe(text);
});

it('keeps a text in one line if it must', () => {
  expect(printableLine('a\nb')).toBe('a\\u000ab');
});

it('writes JSON that is read as the same value', () => {
  const value = { key: HOSTILE.join('x'), list: ['\n', '"\\'] };

  expect(JSON.parse(printableJson(value, 2))).toEqual(value);
  expect(printable(printableJson(value, 2))).toBe(printableJson(value, 2));
});
