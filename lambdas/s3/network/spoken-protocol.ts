import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface Address {
  readonly host: string;
  readonly port: number;
}

const WAIT_MS = 2_000;

/** Whether something there answers a plain HTTP request. */
export function answersHttp(address: Address): Promise<boolean> {
  return tryOut(connectPlain(address), (socket, found) => {
    socket.once('connect', () => socket.write(`HEAD / HTTP/1.0\r\nHost: ${address.host}\r\n\r\n`));
    socket.once('data', (bytes: Buffer) => found(bytes.subarray(0, 5).toString('latin1') === 'HTTP/'));
  });
}

/** Whether something there begins a TLS connection. Nothing is sent, so the certificate does not matter. */
export function answersTls(address: Address): Promise<boolean> {
  return tryOut(connectTls({ ...address, rejectUnauthorized: false }), (socket, found) => {
    socket.once('secureConnect', () => found(true));
  });
}

function tryOut(socket: Socket, look: (socket: Socket, found: (is: boolean) => void) => void): Promise<boolean> {
  return new Promise<boolean>((resolve) => {
    socket.setTimeout(WAIT_MS, () => resolve(false));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    look(socket, resolve);
  }).finally(() => socket.destroy());
}
