import { once } from 'node:events';
import net, { type AddressInfo, createServer, type Server, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { HttpRequest } from '@smithy/core/protocols';
import { isTransientError } from '@smithy/core/retry';
import { UndiciHandler } from '../../../lambdas/s3/network/undici-handler';

const timeouts = { requestTimeout: 60_000, socketTimeout: 60_000, answerTimeout: 60_000, maxBytes: 1024 ** 2 };
const handler = new UndiciHandler(timeouts);
const impatient = new UndiciHandler({ ...timeouts, requestTimeout: 300, socketTimeout: 600 });
const received: string[] = [];
let server: Server;
let connections = 0;
/** What the server does with a request once it is there. */
let answer: (socket: Socket) => void;

beforeAll(async () => {
  server = createServer((socket) => {
    connections++;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      received.push(chunk.toString('latin1'));
      answer(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  handler.destroy();
  impatient.destroy();
  server.close();
});
beforeEach(() => received.splice(0));

function get(headers: Record<string, string> = {}, options?: { collect?: boolean }, method = 'GET', by = handler) {
  const { port } = server.address() as AddressInfo;
  const request = { protocol: 'http:', hostname: '127.0.0.1', port, method, path: '/a%20b', headers };
  return by.handle(new HttpRequest({ ...request, query: { 'x-id': 'a b', list: ['1', '2'], flag: '' } }), options);
}

const respond = (text: string) => (socket: Socket) => void socket.write(Buffer.from(text, 'latin1'));

it('gives each address of a host ten times as long as Node.js does, and tries the others after that', async () => {
  answer = respond('HTTP/1.1 204 No Content\r\n\r\n');
  const connect = jest.spyOn(net, 'connect');
  const fresh = new UndiciHandler(timeouts);

  await get({}, {}, 'GET', fresh).finally(() => fresh.destroy());

  const [[options]] = connect.mock.calls as unknown as [[net.TcpNetConnectOpts]];
  connect.mockRestore();
  expect(net.getDefaultAutoSelectFamilyAttemptTimeout()).toBe(250);
  expect(options).toMatchObject({ autoSelectFamilyAttemptTimeout: 2_500 });
  expect(options.autoSelectFamily ?? net.getDefaultAutoSelectFamily()).toBe(true);
});

it('sends path, query and headers as they are, byte for byte', async () => {
  answer = respond('HTTP/1.1 204 No Content\r\n\r\n');

  await get({ 'x-amz-meta-a': 'caf\u00e9', host: 'a-bucket.example' });

  const [line, ...headers] = received.join('').trimEnd().split('\r\n');
  expect(line).toBe('GET /a%20b?flag=&list=1&list=2&x-id=a%20b HTTP/1.1');
  expect(headers).toEqual(expect.arrayContaining(['host: a-bucket.example', 'x-amz-meta-a: caf\u00e9']));
});

it('reads headers byte for byte, and joins those that come twice', async () => {
  answer = respond('HTTP/1.1 200 OK\r\nX-One: caf\u00e9\r\nX-Two: a\r\nx-two: b\r\nContent-Length: 0\r\n\r\n');

  const { response } = await get();

  expect(response).toMatchObject({ statusCode: 200, headers: { 'x-one': 'caf\u00e9', 'x-two': 'a, b' } });
});

it('reads a body in chunks, as a stream or whole', async () => {
  answer = respond('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n');

  expect(await text((await get()).response.body)).toBe('abcde');
  expect((await get({}, { collect: true })).response.body.toString()).toBe('abcde');
});

it('reuses the connection after a HEAD, and opens one more for each that the server closes', async () => {
  answer = respond('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  await get();
  const before = connections;

  for (let count = 0; count < 5; count++) await get({}, {}, 'HEAD');
  expect(connections - before).toBe(0);

  answer = (socket) => socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  await Promise.all([get(), get(), get(), get()]);
  answer = respond('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  const closed = connections;
  for (let count = 0; count < 20; count++) await get();

  expect(connections - closed).toBeLessThanOrEqual(2);
});

it.each<[what: string, answer: (socket: Socket) => void]>([
  ['is reset', (socket) => socket.resetAndDestroy()],
  ['is closed before an answer', (socket) => socket.end()],
  ['is closed in the middle of a body', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc')],
  [
    'is closed in the middle of a chunk',
    (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\na'),
  ],
  [
    'is closed, as announced, in the middle of a body',
    (socket) => socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9\r\n\r\nabc'),
  ],
  [
    'is closed, as announced, in the middle of a chunk',
    (socket) => socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n9\r\na'),
  ],
  ['is silent before an answer', () => {}],
  ['is silent in the middle of a body', respond('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc')],
])('fails so that the SDK asks again if the connection %s', async (_what, act) => {
  answer = act;

  const error = await get({}, {}, 'GET', impatient).catch((reason: unknown) => reason);

  expect(isTransientError(error as never)).toBe(true);
});

it('fails so that the SDK asks again if nobody listens', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  closed.close();
  await once(closed, 'close');

  const error = await handler
    .handle(new HttpRequest({ protocol: 'http:', hostname: '127.0.0.1', port, path: '/' }))
    .catch((reason: unknown) => reason);

  expect(isTransientError(error as never)).toBe(true);
});

it('fails so that the SDK asks again if the process may open no more files', async () => {
  const full = new UndiciHandler(timeouts);
  const connect = jest.spyOn(jest.requireActual<typeof import('node:net')>('node:net'), 'connect');
  connect.mockImplementation(() => {
    const error = Object.assign(new Error('connect EMFILE 127.0.0.1:443'), { code: 'EMFILE', syscall: 'connect' });
    return new Socket().destroy(error);
  });

  const error = await full
    .handle(new HttpRequest({ protocol: 'http:', hostname: '127.0.0.1', path: '/' }))
    .catch((reason: unknown) => reason);

  connect.mockRestore();
  full.destroy();
  expect(error).toMatchObject({ code: 'EMFILE' });
  expect(isTransientError(error as never)).toBe(true);
});
