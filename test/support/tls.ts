import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { createServer } from 'node:tls';
import { generate } from 'selfsigned';

/** An authority that nobody knows, and a certificate that it has issued. */
export interface Certificates {
  /** Of the authority. */
  readonly authority: string;
  readonly key: string;
  readonly cert: string;
}

const EC = { keyType: 'ec', algorithm: 'sha256' } as const;

/** @param host  whom the certificate is for, beside 127.0.0.1 */
export async function createCertificates(host: string): Promise<Certificates> {
  const authority = await generate([{ name: 'commonName', value: `Authority of ${host}` }], {
    ...EC,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  });
  const issued = await generate([{ name: 'commonName', value: host }], {
    ...EC,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: host },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { authority: authority.cert, key: issued.private, cert: issued.cert };
}

/** Speaks TLS before a server that does not. It offers HTTP/2, which that server does not understand. */
export async function startTls(target: number, { key, cert }: Certificates): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer({ key, cert, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
    const plain = connect(target, '127.0.0.1');
    sockets.add(plain);
    pipeline(socket, plain, socket, () => {});
  }).listen(0, '127.0.0.1');
  server.on('tlsClientError', () => {});
  await once(server, 'listening');
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (server.address() as AddressInfo).port, close };
}
