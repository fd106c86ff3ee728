import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { compareKeys } from '../../../lambdas/engine/keys/compare-keys';
import { MOST_KEYS, parseKeyList } from '../../../lambdas/engine/wanted/parse-key-list';
import { keys } from '../../support/arbitrary-keys';
import { randomCases } from '../../support/length';

const JSONL = 's3://lists/list.jsonl';
const TXT = 'file:///lists/list.txt';

/** In pieces of some bytes, as they come from a server. */
async function* inPieces(content: Uint8Array | string, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content as string);
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

const parse = (content: Uint8Array | string, place = JSONL) => parseKeyList(inPieces(content), place);

it('reads objects with a key, whatever else they hold, and JSON strings', async () => {
  const lines = ['{"action":"copy","key":"b/ü","outcome":"done"}', '"a \\n"', '', '{"key":""}', ' "c" '];
  expect(await parse(lines.join('\n'))).toEqual(['', 'a \n', 'b/ü', 'c']);
});

it('reads plain lines of a text file as they are', async () => {
  expect(await parse('\ufeffb\r\n"a"\n\n c \u2028\n', TXT)).toEqual([' c \u2028', '"a"', 'b']);
});

it.each([JSONL, TXT, 's3://lists/without-a-name'])('unpacks gzip, whatever the name: %s', async (place) => {
  const text = place === TXT ? 'b\na' : '"b"\n"a"';
  expect(await parse(gzipSync(text), place)).toEqual(['a', 'b']);
  expect(await parse(Buffer.concat([gzipSync(`${text}\n`), gzipSync(text)]), place)).toEqual(['a', 'b']);
  expect(await parse(gzipSync(text), `${place}.gz`)).toEqual(['a', 'b']);
});

it('returns each key once, in the order of UTF-8, however the list is cut into pieces', async () => {
  const list = keys(20).chain((all) => fc.shuffledSubarray([...all, ...all], { minLength: all.length }));
  await fc.assert(
    fc.asyncProperty(list, fc.integer({ min: 1, max: 50 }), fc.boolean(), async (all, size, isPacked) => {
      fc.pre(all.length > 0);
      const text = all.map((key, index) => JSON.stringify(index % 2 === 0 ? key : { key, size: 1 })).join('\n');
      const read = await parseKeyList(inPieces(isPacked ? gzipSync(text) : text, size), JSONL);
      expect(read).toEqual([...new Set(all)].sort(compareKeys));
    }),
    randomCases({ quick: 200, full: 2000 }),
  );
});

const WANTED = 'to be {"key": "..."} or a JSON string (a list of plain keys must be named .txt), got';
it.each([
  ['a/b', WANTED],
  ['{"Key":"a"}', WANTED],
  ['{"key":7}', WANTED],
  ['{"key":null}', WANTED],
  ['null', WANTED],
  ['17', WANTED],
  ['["a"]', WANTED],
  ['{"key":"a"', WANTED],
  ['"\\ud800"', 'to be a key without lone surrogates, got "\\ud800"'],
  [JSON.stringify('k'.repeat(1025)), 'to be a key of at most 1024 bytes of UTF-8, got "kkk'],
])('names the line that is no key: %s', async (line, message) => {
  const list = parse(`"fine"\n\n${line}\n"fine"`);
  await expect(list).rejects.toMatchObject({ name: 'InvalidInputError', field: 'keys' });
  await expect(list).rejects.toThrow(`Expected line 3 of ${JSONL}, which \`keys\` names, ${message}`);
});

it('names the line that is no UTF-8', async () => {
  const list = parse(Buffer.concat([Buffer.from('a\n'), Buffer.from([0xff, 0x0a])]), TXT);
  await expect(list).rejects.toThrow(`Expected line 2 of ${TXT}, which \`keys\` names, to be text in UTF-8, got ÿ`);
});

it('shows no more than the beginning of a long line, and no characters that cannot be shown', async () => {
  const list = parse(`\u001b[2J${'x'.repeat(5000)}`);
  const { message } = await list.then(
    () => new Error('none'),
    (error: Error) => error,
  );
  expect(message.length).toBeLessThan(300);
  expect(message).not.toContain('\u001b');
});

it.each(['', '\n\n', gzipSync('')])('rejects a list without keys', async (content) => {
  await expect(parse(content)).rejects.toThrow(`Expected \`keys\` to name a list of keys, got no key in ${JSONL}`);
});

it('rejects a line that does not end', async () => {
  await expect(parseKeyList(inPieces('x'.repeat(200_000), 10_000), JSONL)).rejects.toThrow(
    'a line of more than 64 KiB',
  );
});

it('rejects a list of more keys than the memory is sure to hold', async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (let from = 0; ; from += 10_000) {
      yield Buffer.from(Array.from({ length: 10_000 }, (_, index) => `${from + index}\n`).join(''));
    }
  }
  await expect(parseKeyList(endless(), TXT)).rejects.toThrow(`a list of at most ${MOST_KEYS} keys`);
});

it('rejects gzip that ends early', async () => {
  await expect(parse(gzipSync('"a"\n"b"').subarray(0, 20))).rejects.toThrow('to be gzip to its end');
});

it('passes on the error of a list that breaks off', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield gzipSync('"a"').subarray(0, 15);
    throw new Error('connection lost');
  }
  await expect(parseKeyList(broken(), JSONL)).rejects.toThrow('connection lost');
});
