import { writeFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { HttpRequest } from '@smithy/core/protocols';
import { isTransientError } from '@smithy/core/retry';
import { isExcluded } from '../../../lambdas/s3/network/no-proxy';
import { Origin } from '../../../lambdas/s3/network/origin';
import { proxyFor } from '../../../lambdas/s3/network/proxy';
import { UndiciHandler } from '../../../lambdas/s3/network/undici-handler';
import { holdTimeouts } from '../../support/held-timeouts';
import { startProxy, type TestProxy } from '../../support/proxy';
import { temporaryFolder } from '../../support/temporary-folder';
import { type Certificates, createCertificates, startTls } from '../../support/tls';

const timeouts = { requestTimeout: 60_000, socketTimeout: 60_000, answerTimeout: 60_000, maxBytes: 1024 ** 2 };
const HOST = 's3.corp.invalid';
const VARIABLES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy', 'AWS_CA_BUNDLE'];

let certificates: Certificates;
let bundle: string;
let plainPort: number;
let tlsPort: number;
let proxy: TestProxy;
let guarded: TestProxy;
const closing: (() => void)[] = [];

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  closing.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  certificates = await createCertificates(HOST);
  bundle = join(temporaryFolder(), 'authorities.pem');
  const other = await createCertificates('elsewhere.invalid');
  writeFileSync(bundle, `# ours and another\n${other.authority}\n${certificates.authority}\n`);
  plainPort = await listen(createHttp((request, response) => void response.end(`${request.method} ${request.url}`)));
  const tls = await startTls(plainPort, certificates);
  tlsPort = tls.port;
  const ports = { [`${HOST}:80`]: plainPort, [`${HOST}:9000`]: plainPort, [`${HOST}:443`]: tlsPort };
  proxy = await startProxy({ ports });
  guarded = await startProxy({ ports, login: 'me:s3cret/' });
  closing.push(tls.close, proxy.close, guarded.close);
});
afterAll(() => closing.forEach((close) => void close()));
const shell = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));
beforeEach(() => {
  for (const name of VARIABLES) delete process.env[name];
  proxy.seen.splice(0);
  guarded.seen.splice(0);
});
afterAll(() => void Object.assign(process.env, shell));

/** @returns the body, or the error */
async function ask(url: string, env: NodeJS.ProcessEnv = {}): Promise<string | Error> {
  Object.assign(process.env, env);
  const handler = new UndiciHandler(timeouts);
  const { protocol, hostname, port, pathname, host } = new URL(url);
  const where = { protocol, hostname, path: pathname, headers: { host }, ...(port && { port: Number(port) }) };
  try {
    const { response } = await handler.handle(new HttpRequest({ method: 'GET', ...where }), { collect: true });
    return String(response.body);
  } catch (error) {
    return error as Error;
  } finally {
    handler.destroy();
  }
}

const message = async (answer: Promise<string | Error>) => ((await answer) as Error).message;

describe('a proxy', () => {
  it.each([
    ['HTTP_PROXY', `http://${HOST}/a%20b`, () => `GET http://${HOST}/a%20b`],
    ['http_proxy', `http://${HOST}:9000/a`, () => `GET http://${HOST}:9000/a`],
    ['HTTPS_PROXY', `https://${HOST}/a`, () => `CONNECT ${HOST}:443`],
    ['https_proxy', `https://${HOST}/a`, () => `CONNECT ${HOST}:443`],
  ])('that %s names carries requests, by a tunnel if they are encrypted: %s', async (variable, url, seen) => {
    expect(await ask(url, { [variable]: proxy.url, AWS_CA_BUNDLE: bundle })).toBe(`GET ${new URL(url).pathname}`);
    expect(proxy.seen).toEqual([seen()]);
  });

  it('may be named without http://', async () => {
    expect(await ask(`http://${HOST}/`, { HTTP_PROXY: proxy.url.replace('http://', '') })).toBe('GET /');
  });

  it.each([
    ['NO_PROXY', '127.0.0.1'],
    ['no_proxy', 'other.example,127.0.0.1'],
    ['NO_PROXY', '*'],
  ])('is left out for the hosts of %s: %s', async (variable, value) => {
    expect(await ask(`http://127.0.0.1:${plainPort}/`, { HTTP_PROXY: proxy.url, [variable]: value })).toBe('GET /');
    expect(proxy.seen).toEqual([]);
  });

  it.each<[list: string, origin: string, isExcluded: boolean]>([
    ['example.com', 'https://example.com', true],
    ['example.com', 'https://s3.example.com:9000', true],
    ['.example.com', 'https://s3.example.com', true],
    ['*.example.com', 'https://a.s3.example.com', true],
    ['Example.COM.', 'http://s3.example.com.', true],
    ['other.example, s3.corp  ,x', 'http://s3.corp', true],
    ['other.example s3.corp', 'http://s3.corp', true],
    ['http://s3.corp', 'http://s3.corp', true],
    ['example.com', 'https://badexample.com', false],
    ['.', 'https://example.com', false],
    ['', 'https://example.com', false],
    ['s3.corp:9000', 'http://s3.corp:9000', true],
    ['s3.corp:80', 'http://s3.corp', true],
    ['s3.corp:443', 'https://s3.corp', true],
    ['s3.corp:443', 'http://s3.corp', false],
    ['s3.corp:9000', 'http://s3.corp:9001', false],
    ['*', 'http://[::1]:9000', true],
    ['*:9000', 'http://s3.corp:9000', true],
    ['10.1.0.0/16', 'http://10.1.200.3:9000', true],
    ['10.1.0.0/16', 'http://10.2.0.1', false],
    ['10.1.2.3/32', 'http://10.1.2.3', true],
    ['0.0.0.0/0', 'http://10.1.2.3', true],
    ['10.1.0.0/16:9000', 'http://10.1.2.3:9000', true],
    ['10.1.0.0/33', 'http://10.1.0.0', false],
    ['10.1.0.0/', 'http://10.1.0.0', false],
    ['10.1.0.0/16', 'http://ten.corp', false],
    ['::1', 'http://[::1]:9000', true],
    ['[::1]', 'http://[::1]', true],
    ['[::1]:9000', 'http://[::1]:9000', true],
    ['[::1]:9000', 'http://[::1]:9001', false],
    ['0:0:0:0:0:0:0:1', 'http://[::1]', true],
    ['fd00::/8', 'http://[fd12::3]:9000', true],
    ['fd00::/8', 'http://[fe80::3]', false],
    ['fd00::/8', 'http://10.0.0.1', false],
  ])('is left out by %j for %s: %s', (list, origin, expected) => {
    expect(isExcluded(origin, list)).toBe(expected);
  });

  it('is not named by the error of a host that it is left out for', async () => {
    const env = { HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.0/8' };
    expect(await message(ask('http://127.0.0.1:1/', env))).toBe('http://127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1');
  });

  it('of HTTP_PROXY carries no encrypted requests, as for curl and the AWS CLI', async () => {
    const answer = ask(`https://127.0.0.1:${tlsPort}/`, { HTTP_PROXY: proxy.url, AWS_CA_BUNDLE: bundle });
    expect(await answer).toBe('GET /');
    expect(proxy.seen).toEqual([]);
  });

  it('is not used if the lower case name is empty', () => {
    expect(proxyFor('https:', { https_proxy: '', HTTPS_PROXY: 'http://proxy' })).toBeUndefined();
  });

  it.each(['http', 'https'])(
    'gets the user and password of the URL, and says if they are missing: %s',
    async (kind) => {
      const name = `${kind.toUpperCase()}_PROXY`;
      const url = `${kind}://${HOST}/`;
      const login = guarded.url.replace('//', '//me:s3cret%2F@');

      expect(await ask(url, { [name]: login, AWS_CA_BUNDLE: bundle })).toBe('GET /');
      const refusal = (await ask(url, { [name]: guarded.url })) as Error;

      expect(refusal.message).toBe(
        `The proxy ${guarded.url} (${name}) refused the connection to ${kind}://${HOST}: it answered 407. ` +
          'Its user and password belong in that variable: http://user:password@host:port, with %40 for @, %3A for : and %2F for /',
      );
      expect(isTransientError(refusal as never)).toBe(false);
    },
  );

  it('that cannot resolve the host is named, and the request may be repeated', async () => {
    const refusal = (await ask('https://unknown.invalid/', { HTTPS_PROXY: proxy.url })) as Error;

    expect(refusal.message).toContain('refused the connection to https://unknown.invalid: it answered 502');
    expect(isTransientError(refusal as never)).toBe(true);
  });

  it('that is not there is named', async () => {
    const refusal = (await ask(`https://${HOST}/`, { HTTPS_PROXY: 'http://me:secret@127.0.0.1:1' })) as Error;

    expect(refusal.message).toContain(
      `https://${HOST} through the proxy http://127.0.0.1:1 (HTTPS_PROXY): connect ECONNREFUSED`,
    );
    expect(refusal.message).not.toContain('secret');
    expect(isTransientError(refusal as never)).toBe(true);
  });

  it('keeps its connections', async () => {
    process.env.HTTPS_PROXY = proxy.url;
    process.env.AWS_CA_BUNDLE = bundle;
    const handler = new UndiciHandler(timeouts);
    const request = () => new HttpRequest({ protocol: 'https:', hostname: HOST, path: '/', headers: { host: HOST } });
    for (let count = 0; count < 5; count++) await handler.handle(request(), { collect: true });
    handler.destroy();

    expect(proxy.seen).toEqual([`CONNECT ${HOST}:443`]);
  });
});

describe('a certificate', () => {
  it('of an authority in AWS_CA_BUNDLE is trusted', async () => {
    expect(await ask(`https://127.0.0.1:${tlsPort}/`, { AWS_CA_BUNDLE: bundle })).toBe('GET /');
  });

  it('of another authority is not, and the error names the variable', async () => {
    const refusal = (await ask(`https://127.0.0.1:${tlsPort}/`)) as Error;

    expect(refusal.message).toMatch(
      /^https:\/\/127\.0\.0\.1:\d+ has a certificate that is not trusted here .*AWS_CA_BUNDLE/,
    );
    expect(isTransientError(refusal as never)).toBe(false);
  });

  it('for another host is rejected, whoever issued it', async () => {
    const ports = { 'another.invalid:443': tlsPort };
    const astray = await startProxy({ ports });
    const answer = ask('https://another.invalid/', { HTTPS_PROXY: astray.url, AWS_CA_BUNDLE: bundle });

    const refusal = await answer;
    expect(refusal).toMatchObject({ name: 'EndpointError' });
    expect((refusal as Error).message).toMatch(
      /does not match certificate's altnames.*a name that the certificate has/,
    );
    astray.close();
  });

  it('of an authority that the named file lacks is not trusted, and the error names the file', async () => {
    const other = join(temporaryFolder(), 'other.pem');
    writeFileSync(other, (await createCertificates('elsewhere.invalid')).authority);

    const refusal = (await ask(`https://127.0.0.1:${tlsPort}/`, { AWS_CA_BUNDLE: other })) as Error;

    expect(refusal.message).toContain(`the authority that issued it is not in ${other} (AWS_CA_BUNDLE`);
  });
});

describe('an endpoint', () => {
  it('that speaks plain HTTP although TLS was requested is named, with the right URL', async () => {
    const refusal = (await ask(`https://127.0.0.1:${plainPort}/`)) as Error;

    expect(refusal.message).toBe(
      `https://127.0.0.1:${plainPort} speaks plain HTTP, without TLS: write http://127.0.0.1:${plainPort} instead`,
    );
    expect(isTransientError(refusal as never)).toBe(false);
  });

  it('that speaks TLS although plain HTTP was requested is named, with the right URL', async () => {
    const refusal = (await ask(`http://127.0.0.1:${tlsPort}/`)) as Error;

    expect(refusal.message).toBe(`http://127.0.0.1:${tlsPort} speaks TLS: write https://127.0.0.1:${tlsPort} instead`);
    expect(isTransientError(refusal as never)).toBe(false);
  });

  it('that says so by an answer of 400, as some servers do, is also named', async () => {
    const { key, cert } = certificates;
    const tls = (await import('node:tls')).createServer({ key, cert });
    const port = await listen(
      createServer((socket) => {
        socket.on('error', () => {});
        socket.once('data', (bytes) => {
          if (bytes[0] === 0x16) {
            socket.pause();
            socket.unshift(bytes);
            tls.emit('connection', socket);
          } else socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
        });
      }),
    );

    expect(await message(ask(`http://127.0.0.1:${port}/`))).toContain(`write https://127.0.0.1:${port} instead`);
  });

  it('that speaks neither HTTP nor TLS is named in plain words', async () => {
    const port = await listen(
      createServer((socket) => void socket.on('error', () => {}).end('SSH-2.0-OpenSSH_9.0\r\n')),
    );

    expect(await message(ask(`https://127.0.0.1:${port}/`))).toMatch(
      /^https:\/\/127\.0\.0\.1:\d+: it speaks no TLS that is understood here \([a-z ]+\)$/,
    );
    expect(await message(ask(`http://127.0.0.1:${port}/`))).toMatch(/does not match the HTTP\/1\.1 protocol/);
  });

  it('without a listener is named', async () => {
    expect(await message(ask('http://127.0.0.1:1/'))).toBe('http://127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1');
  });

  it('that accepts connections and never answers is tried some times, and then named by an error', async () => {
    const port = await listen(createServer((socket) => void socket.on('error', () => {}).resume()));
    const origin = new Origin(`http://127.0.0.1:${port}`, { totalMs: 150, attemptMs: 50 });
    const options = { path: '/', method: 'GET' as const };
    const attempt = () => origin.send(options, { answerTimeout: 60_000, maxBytes: 1 }).catch((error: Error) => error);

    // the clock says that each attempt took 50 ms, and no more
    const clock = jest.spyOn(Date, 'now').mockReturnValue(0);
    const errors = [(await attempt()) as Error];
    while (isTransientError(errors.at(-1) as never)) {
      clock.mockReturnValue(50 * errors.length);
      errors.push((await attempt()) as Error);
    }
    clock.mockRestore();
    origin.destroy();

    expect(errors).toHaveLength(4);
    expect(errors.at(-1)?.message).toContain(`http://127.0.0.1:${port} did not answer any request within 0.15 s`);
  });

  it('that has answered once is waited for as long as usual', async () => {
    let isSilent = false;
    const port = await listen(
      createHttp((_, response) => {
        if (!isSilent) response.end();
      }),
    );
    const origin = new Origin(`http://127.0.0.1:${port}`, { totalMs: 20, attemptMs: 20 });
    const options = { path: '/', method: 'GET' as const };
    using timeouts = holdTimeouts();
    await origin.send(options, { answerTimeout: 60_000, maxBytes: 1 });
    isSilent = true;

    const sent = Promise.withResolvers<void>();
    const limits = { answerTimeout: 60_000, maxBytes: 1, onStart: sent.resolve };
    const answer = origin.send(options, limits).catch((reason: Error) => reason);
    await sent.promise;
    timeouts.pass(60_000);
    const error = (await answer) as Error;
    origin.destroy();

    expect(error.message).toContain('the answer did not end within 60 s');
    expect(isTransientError(error as never)).toBe(true);
  });
});
