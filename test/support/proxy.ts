import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { pipeline } from 'node:stream';

/** A company's proxy: the only one who knows where a host is. */
export interface TestProxy {
  readonly url: string;
  /** `GET http://host/path` and `CONNECT host:443`, as they came. */
  readonly seen: string[];
  close(): void;
}

interface ProxyOptions {
  /** The port on this machine behind each `host:port`. */
  readonly ports: Readonly<Record<string, number>>;
  /** `user:password`; without it everybody may use the proxy. */
  readonly login?: string;
}

export async function startProxy({ ports, login }: ProxyOptions): Promise<TestProxy> {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const expected = login && `Basic ${Buffer.from(login).toString('base64')}`;
  const mayPass = ({ headers }: IncomingMessage) => !expected || headers['proxy-authorization'] === expected;
  const server = createServer((incoming: IncomingMessage, response: ServerResponse) => {
    seen.push(`${incoming.method} ${incoming.url}`);
    const url = URL.parse(incoming.url ?? '');
    const port = url && ports[`${url.hostname}:${url.port || 80}`];
    if (!mayPass(incoming)) return void response.writeHead(407).end();
    if (!url || !port) return void response.writeHead(502).end();
    const path = `${url.pathname}${url.search}`;
    const outgoing = request({ host: '127.0.0.1', port, method: incoming.method, path, headers: incoming.headers });
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, response, () => {});
    });
    pipeline(incoming, outgoing, () => {});
  });
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    seen.push(`CONNECT ${incoming.url}`);
    const port = ports[incoming.url ?? ''];
    socket.on('error', () => {});
    if (!mayPass(incoming)) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    if (!port) return void socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    sockets.add(socket);
    const target = connect(port, '127.0.0.1', () => socket.write('HTTP/1.1 200 Connection Established\r\n\r\n'));
    pipeline(socket, target, socket, () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => {
    server.close();
    server.closeAllConnections();
    for (const socket of sockets) socket.destroy();
  };
  return { url, seen, close };
}
