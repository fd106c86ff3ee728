import { openKeyList } from '../../lambdas/host/open-key-list';
import type { Answer } from '../../local/s3/call';
import { everyNth } from '../support/length';
import { useMirror } from '../support/mirror';

const mirror = useMirror();
const MIB = 1024 ** 2;
/** Two pieces and a bit. */
const content = 'a/b\n'.repeat((17 * MIB) / 4);

beforeAll(() => {
  mirror.s3.createBucket('lists').put('long.txt', content);
});

async function read(): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of openKeyList('s3://lists/long.txt')) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Alters the answers about pieces, from the given one on. */
function alterFrom(first: number, alter: (answer: Answer) => Answer): void {
  let pieces = 0;
  mirror.s3.onRequest = () => (++pieces >= first ? { alter } : undefined);
}

const withHeaders = (headers: Record<string, string>) => (answer: Answer) => ({
  ...answer,
  headers: { ...answer.headers, ...headers },
});
const withoutRange = (answer: Answer, body: string) => {
  const { 'content-range': _, ...headers } = answer.headers ?? {};
  return { ...answer, status: 200, headers: { ...headers, 'content-length': String(body.length) }, body };
};

it('reads a list to its end, piece by piece', async () => {
  const ranges: string[] = [];
  mirror.s3.onRequest = ({ headers }) => void ranges.push(String(headers.range));
  expect((await read()).toString() === content).toBe(true);
  expect(ranges).toHaveLength(3);
});

it('reads a list of a server that knows no ranges', async () => {
  alterFrom(1, (answer) => withoutRange(answer, content));
  expect((await read()).toString() === content).toBe(true);
});

it('goes on where a shorter piece ends', async () => {
  mirror.s3.onRequest = ({ headers }) => {
    const begin = Number(/\d+/.exec(String(headers.range))?.[0]);
    const body = content.slice(begin, begin + 3 * MIB);
    const range = `bytes ${begin}-${begin + body.length - 1}/${content.length}`;
    return {
      alter: (answer) => ({
        ...answer,
        headers: { ...answer.headers, 'content-range': range, 'content-length': String(body.length) },
        body,
      }),
    };
  };
  expect((await read()).toString() === content).toBe(true);
});

it.each<[what: string, piece: number, alter: (answer: Answer) => Answer]>(
  everyNth(
    3,
    [
      ['does not say how long it is', 1, withHeaders({ 'content-range': `bytes 0-${8 * MIB - 1}/*` })],
      ['says that it ends before the piece does', 1, withHeaders({ 'content-range': `bytes 0-${8 * MIB - 1}/5` })],
      ['says nothing of its range', 1, withHeaders({ 'content-range': 'bytes' })],
      ['sends another piece', 2, withHeaders({ 'content-range': `bytes 0-${8 * MIB - 1}/${content.length}` })],
      ['sends all of it from the second piece on', 2, (answer) => withoutRange(answer, content)],
      ['sends another version, whatever the condition', 2, withHeaders({ etag: '"other"' })],
      [
        'sends one of another length',
        2,
        withHeaders({ 'content-range': `bytes ${8 * MIB}-${16 * MIB - 1}/${18 * MIB}` }),
      ],
    ],
    1,
  ),
)('takes no list for whole if the server %s', async (_what, piece, alter) => {
  alterFrom(piece, alter);
  await expect(read()).rejects.toMatchObject({ name: 'InvalidInputError', field: 'keys' });
});
