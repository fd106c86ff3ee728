import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { HttpRequest } from '@smithy/core/protocols';
import { isTransientError } from '@smithy/core/retry';
import { limitsOfRequest, observed } from '../../../lambdas/s3/client/s3-requests';
import type { AnswerLimits } from '../../../lambdas/s3/network/dispatch';
import type { Streamed } from '../../../lambdas/s3/network/origin';
import { UndiciHandler } from '../../../lambdas/s3/network/undici-handler';
import { emptyCounters, type RequestCounters } from '../../../statemachine/contract';
import { holdTimeouts } from '../../support/held-timeouts';

const hour = 3_600_000;
const handler = new UndiciHandler({ requestTimeout: hour, socketTimeout: hour, answerTimeout: hour, maxBytes: 1000 });
const sockets = new Set<Socket>();
let server: Server;
let answer: (socket: Socket) => void;

beforeAll(async () => {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => answer(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  handler.destroy();
  for (const socket of sockets) socket.destroy();
  server.close();
});

function get(limits: Partial<AnswerLimits> & { readonly stream?: Streamed } = {}) {
  const { port } = server.address() as AddressInfo;
  const request = { protocol: 'http:', hostname: '127.0.0.1', port, path: '/', headers: {} };
  return handler.handle(new HttpRequest(request), { collect: true, ...limits });
}

const OK = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

/** Sends pieces for ever, as fast as they are taken, and tells when the client has hung up. */
function endlessly(start: string, piece: string): { begun: Promise<unknown>; closed: Promise<unknown> } {
  const closed = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  answer = (socket) => {
    socket.once('close', () => closed.resolve());
    socket.write(start);
    const go = () => {
      if (!socket.destroyed) socket.write(piece, () => setImmediate(go));
    };
    go();
    begun.resolve();
  };
  return { begun: begun.promise, closed: closed.promise };
}

describe('an answer', () => {
  it.each([
    ['whose body does not end', OK, '1\r\n \r\n'],
    ['whose headers do not end', 'HTTP/1.1 200 OK\r\n', ''],
    ['that is announced again and again', '', 'HTTP/1.1 102 Processing\r\n\r\n'],
  ])(
    '%s fails once its time is over, so that the SDK asks again, and its connection is closed',
    async (_what, start, piece) => {
      const { begun, closed } = endlessly(start, piece);
      using timeouts = holdTimeouts();

      const asked = get({ answerTimeout: 200, maxBytes: Number.MAX_SAFE_INTEGER }).catch((reason) => reason);
      await begun;
      timeouts.pass(200);
      const error = await asked;

      expect(error).toBeInstanceOf(Error);
      expect(isTransientError(error)).toBe(true);
      await closed;
    },
  );

  it('that is no longer wanted ends at once, with the reason', async () => {
    const { begun, closed } = endlessly(OK, '1\r\n \r\n');
    const controller = new AbortController();
    const asked = get({ signal: controller.signal, maxBytes: Number.MAX_SAFE_INTEGER }).catch((reason) => reason);
    await begun;

    controller.abort(new Error('stopped'));

    expect(await asked).toMatchObject({ message: 'stopped' });
    await closed;
    expect(await get({ signal: controller.signal }).catch((reason) => reason)).toMatchObject({ message: 'stopped' });
  });

  it('that is larger than it may be fails for good before it is read, and its connection is closed', async () => {
    const { closed } = endlessly(OK, `100\r\n${' '.repeat(256)}\r\n`);

    const error = await get().catch((reason) => reason);

    expect(error).toMatchObject({ name: 'AnswerTooLargeError' });
    expect(isTransientError(error)).toBe(false);
    await closed;
  });

  it('that is an error may be no larger than errors are, whatever was requested', async () => {
    const { closed } = endlessly(OK.replace('200 OK', '400 Bad Request'), `4000\r\n${' '.repeat(16_384)}\r\n`);

    const error = await get({ maxBytes: Number.MAX_SAFE_INTEGER }).catch((reason) => reason);

    expect(error).toMatchObject({ name: 'AnswerTooLargeError' });
    await closed;
  });

  it('whose headers are larger than headers are fails', async () => {
    const { closed } = endlessly('HTTP/1.1 200 OK\r\n', `x-a: ${'a'.repeat(1000)}\r\n`);

    expect(await get().catch((reason) => reason)).toBeInstanceOf(Error);
    await closed;
  });

  it('may be as large as it may be', async () => {
    answer = (socket) => void socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n${' '.repeat(1000)}`);

    expect((await get()).response.body).toHaveLength(1000);
  });
});

describe('an answer that is read while it comes', () => {
  const stream = 'answer' as const;

  it('never begins if it is no longer wanted', async () => {
    const signal = AbortSignal.abort(new Error('stopped'));

    expect(await get({ stream, signal }).catch((reason) => reason)).toMatchObject({ message: 'stopped' });
  });

  it('may be larger than one that is read whole', async () => {
    answer = (socket) =>
      void socket.write(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5000\r\n\r\n${' '.repeat(5000)}`);

    const { response } = await get({ stream });
    const pieces = await Array.fromAsync(response.body as AsyncIterable<Buffer>);

    expect(Buffer.concat(pieces)).toHaveLength(5000);
  });

  it('fails while it is read once its time is over, and its connection is closed', async () => {
    const { closed } = endlessly(OK, '1\r\n \r\n');
    using timeouts = holdTimeouts();

    const { response } = await get({ stream, answerTimeout: 200 });
    timeouts.pass(200);

    await expect(Array.fromAsync(response.body as AsyncIterable<Buffer>)).rejects.toThrow('did not end within');
    await closed;
  });

  it('that is an error is no larger than errors may be, and its connection is closed', async () => {
    const { closed } = endlessly(OK.replace('200 OK', '400 Bad Request'), `4000\r\n${' '.repeat(16_384)}\r\n`);

    const error = await get({ stream, maxBytes: Number.MAX_SAFE_INTEGER }).catch((reason) => reason);

    expect(error).toMatchObject({ name: 'AnswerTooLargeError' });
    await closed;
  });
});

describe('a request to a bucket', () => {
  const asked = { answerTimeout: hour, maxBytes: 1000 };
  const { signal } = new AbortController();
  const limitsOf = (kind: keyof RequestCounters, listMs?: () => number) => {
    const observer = { counters: emptyCounters().requests, onSlowDown() {}, signal, ...(listMs && { listMs }) };
    let limits = asked;
    return observed(kind, observer, async () => {
      limits = limitsOfRequest(asked);
      return {};
    }).then(() => limits);
  };

  it.each<[left: number, expected: number]>([
    [5_000, 5_000],
    [2 * hour, hour],
    [0, 1],
    [-1_000, 1],
  ])(
    'for a list page is waited for as long as somebody wants it, and no longer: %i ms',
    async (left, answerTimeout) => {
      expect(await limitsOf('list', () => left)).toEqual({ ...asked, answerTimeout, signal });
    },
  );

  it('for a list page ends with the run if no time is set', async () => {
    expect(await limitsOf('list')).toEqual({ ...asked, signal });
  });

  it.each(['head', 'copy', 'delete', 'other'] as const)(
    'of the kind %s is waited for, since its answer counts',
    async (kind) => {
      expect(await limitsOf(kind, () => 1)).toEqual(asked);
    },
  );
});
