import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import type { Headers } from './checksums';
import { type Outcome, suffer } from './fault';
import { readAddress } from './request';
import { emptyBody, hasBody, type RequestBody, readRequestBody } from './request-body';
import { cutOff, errorAnswer, HOST_ID, refuseUnreadable, repeat, respond } from './respond';
import { findRoute } from './routes';
import { newCall, type RequestHook, S3Service } from './service';
import { type Credentials, proveSignature } from './signature';
import { S3State, type S3StateOptions } from './state';
import { readWire, type WireRequest } from './wire-request';
import { checkPayload, checkWire } from './wire-rules';

export interface S3ServerOptions extends S3StateOptions {
  /** @default 0, any free port */
  readonly port?: number;
  /** The state to serve. @default an empty state made of the other options */
  readonly state?: S3State;
  readonly onRequest?: RequestHook;
  /** See `S3Server.credentials`. */
  readonly credentials?: S3Server['credentials'];
}

/** The credentials that tests sign with. */
export const TEST_CREDENTIALS: Credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Starts an S3 server on 127.0.0.1. */
export async function startS3(options: S3ServerOptions = {}): Promise<S3Server> {
  const server = new S3Server(options.state ?? new S3State(options), options.onRequest);
  server.credentials = options.credentials ?? server.credentials;
  await server.listen(options.port ?? 0);
  return server;
}

export class S3Server extends S3Service {
  /** Whether the `Date` of answers is by the server's own clock, as `LastModified` is. @default by the machine's */
  tellsOwnTime = false;
  /**
   * Access keys whose signatures are recomputed from the bytes of each request, as S3 does it. All other requests are
   * rejected. `any`: no signature is checked, so every client is served.
   *
   * @default the one pair of `test` and `test`
   */
  credentials: readonly Credentials[] | 'any' = [TEST_CREDENTIALS];
  readonly #http: Server;
  #requestIds = 0;

  constructor(state: S3State, onRequest?: RequestHook) {
    super(state, onRequest);
    this.#http = createServer((request, response) => void this.#serve(request, response));
    this.#http.keepAliveTimeout = 60_000;
    // Bytes that are not HTTP, or have an illegal header: Node.js makes no request of them.
    this.#http.on('clientError', (_error, socket) => refuseUnreadable(socket));
  }

  /** `http://127.0.0.1:<port>`, for clients with `forcePathStyle`. */
  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  /** Open connections, in use or idle. */
  get connections(): Promise<number> {
    return promisify(this.#http.getConnections).call(this.#http);
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#http.once('error', reject);
      this.#http.listen(port, '127.0.0.1', resolve);
    });
  }

  /** Stops at once, open connections included. */
  close(): Promise<void> {
    this.#http.closeAllConnections();
    return new Promise((resolve) => this.#http.close(() => resolve()));
  }

  /** For `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#requestIds += 1;
    const requestId = `REQUEST${String(this.#requestIds).padStart(9, '0')}`;
    response.setHeader('x-amz-request-id', requestId);
    response.setHeader('x-amz-id-2', HOST_ID);
    if (this.tellsOwnTime) response.setHeader('date', this.state.now().toUTCString());
    const isHead = request.method === 'HEAD';
    try {
      const answer = await this.#answer(request);
      if (answer === 'reset') request.socket.destroy();
      else if (answer === 'stall') return;
      else if ('cut' in answer) cutOff(response, answer.cut);
      else if ('endless' in answer) repeat(response, answer);
      else await respond(response, answer, isHead);
    } catch (error) {
      if (response.headersSent || response.destroyed) {
        response.destroy();
        return;
      }
      await respond(response, errorAnswer(error, (request.url ?? '/').split('?')[0] ?? '/', requestId), isHead);
    } finally {
      request.resume(); // an unread body would block the connection
    }
  }

  async #answer(request: IncomingMessage): Promise<Outcome> {
    const headers = request.headers as Headers;
    const wire = readWire(request);
    checkWire(wire);
    const address = readAddress(request);
    const { bucketName, key, query } = address;
    const target = bucketName === '' ? 'service' : key === undefined ? 'bucket' : 'object';
    const route = findRoute(request.method ?? 'GET', target, query, headers);
    const body = await this.#prove(request, wire);
    const call = newCall(this.state, route.operation, headers, address, body);
    return this.admit(call, route, key, suffer);
  }

  /** Before anything else, so that the signature is also checked if a hook fails the request. */
  async #prove(request: IncomingMessage, wire: WireRequest): Promise<RequestBody> {
    const { credentials } = this;
    const signature = credentials === 'any' ? undefined : proveSignature(wire, credentials, new Date());
    const body = hasBody(wire) ? await readRequestBody(request, wire, signature) : emptyBody(wire);
    checkPayload(wire, body.sent);
    return body;
  }
}
