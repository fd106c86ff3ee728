import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Starts a server on a free port of this machine. @returns its endpoint */
export async function listenOnLoopback(http: Server): Promise<string> {
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return endpointOf(http);
}

export function endpointOf(http: Server): string {
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

/** Ends a server with all its connections. */
export function endServer(http: Server): void {
  http.closeAllConnections();
  http.close();
}
