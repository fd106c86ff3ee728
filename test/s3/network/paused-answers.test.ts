import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { HttpRequest } from '@smithy/core/protocols';
import { UndiciHandler } from '../../../lambdas/s3/network/undici-handler';

const hour = 3_600_000;
const limits = { requestTimeout: hour, socketTimeout: hour, answerTimeout: hour, maxBytes: 1000 };
const handler = new UndiciHandler(limits);

/** One byte more than waits without a pause, so that the last byte pauses the answer and the end of the connection comes after it. */
const BODY = Buffer.alloc(64 * 1024 + 1, 'ab');

let server: Server;
let head: string;
/** Resolves when the client has seen the end of the connection, too. */
let closed: Promise<unknown>;

beforeAll(async () => {
  server = createServer((socket) => {
    closed = once(socket, 'close');
    socket.once('data', () => socket.end(Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${head}\r\n`), BODY])));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  handler.destroy();
  server.close();
});

/** Begins to read the answer only when its connection has ended, as a copy does whose destination is slower than its source. */
async function readLate(): Promise<Buffer> {
  const { port } = server.address() as AddressInfo;
  const request = new HttpRequest({ protocol: 'http:', hostname: '127.0.0.1', port, path: '/', headers: {} });
  const { response } = await handler.handle(request, { collect: true, stream: 'answer' });
  await closed;
  return buffer(response.body as AsyncIterable<Buffer>);
}

it.each([
  ['its length', `Connection: close\r\nContent-Length: ${BODY.length}\r\n`],
  ['the end of the connection', 'Connection: close\r\n'],
])('an answer that ends by %s while it is paused is read to its end', async (_what, headers) => {
  head = headers;

  expect((await readLate()).equals(BODY)).toBe(true);
});

it.each([
  [
    'in the middle of its body',
    'ResponseContentLengthMismatchError',
    `Connection: close\r\nContent-Length: ${BODY.length + 1}\r\n`,
  ],
  ['in the middle of its body, unannounced', 'SocketError', `Content-Length: ${BODY.length + 1}\r\n`],
  [
    'before its last chunk',
    'HTTPParserError',
    `Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n${BODY.length.toString(16)}`,
  ],
])('an answer that is cut off %s while it is paused fails', async (_what, name, headers) => {
  head = headers;

  await expect(readLate()).rejects.toMatchObject({ name });
});
