import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { checkAccess } from './access';
import { bytesBody } from './body';
import type { Bucket, BucketOptions } from './bucket';
import type { Answer, Call } from './call';
import type { Headers } from './checksums';
import { checkClock } from './clock';
import { accessDenied } from './errors';
import { type EndlessAnswer, type Fault, type Outcome, suffer } from './fault';
import { type Address, readAddress, readBytes } from './request';
import { RequestCounts } from './request-counts';
import { errorAnswer, hostId, respond } from './respond';
import { findRoute, type Route } from './routes';
import { S3State, type S3StateOptions } from './state';

/** What a hook sees of a request before it is carried out. */
export interface RequestInfo {
  readonly operation: string;
  /** Empty for operations on the service. */
  readonly bucket: string;
  /** Undefined for operations on a bucket. */
  readonly key: string | undefined;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  /** As it was sent, without the `aws-chunked` encoding. */
  readBody(): Promise<Buffer>;
}

/** Runs before each request; may change the buckets, wait, or return a fault. */
export type RequestHook = (request: RequestInfo) => Fault | undefined | Promise<Fault | undefined>;

/** Stands in for IAM: where it answers false, the request is refused with AccessDenied. */
export type Authorize = (request: RequestInfo) => Promise<boolean>;

export interface S3ServerOptions extends S3StateOptions {
  /** @default 0, any free port */
  readonly port?: number;
  /** What is served. @default an empty state made of the other options */
  readonly state?: S3State;
  readonly onRequest?: RequestHook;
}

/** Starts an S3 server on 127.0.0.1. */
export async function startS3(options: S3ServerOptions = {}): Promise<S3Server> {
  const server = new S3Server(options.state ?? new S3State(options), options.onRequest);
  await server.listen(options.port ?? 0);
  return server;
}

export class S3Server {
  /** Counts of the requests so far. */
  readonly requests = new RequestCounts();
  /** Asked for each request to a bucket that exists. @default everybody may do everything */
  authorize: Authorize | undefined;
  /** Requests that are neither counted nor shown to `onRequest`. @default none */
  overlooks: ((request: RequestInfo) => boolean) | undefined;
  /** Whether the `Date` of answers is by the server's own clock, as `LastModified` is. @default by the machine's */
  tellsOwnTime = false;
  private readonly http: Server;
  private requestIds = 0;

  constructor(
    readonly state: S3State,
    /** Can be set and cleared at any time. */
    public onRequest?: RequestHook,
  ) {
    this.http = createServer((request, response) => void this.serve(request, response));
    this.http.keepAliveTimeout = 60_000;
  }

  /** `http://127.0.0.1:<port>`, for clients with `forcePathStyle`. */
  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  /** Connections that are open, used or not. */
  get connections(): Promise<number> {
    return promisify(this.http.getConnections).call(this.http);
  }

  /** Makes a bucket, without a request. */
  createBucket(name: string, options?: BucketOptions): Bucket {
    return this.state.createBucket(name, options);
  }

  /** @throws S3Error NoSuchBucket */
  bucket(name: string): Bucket {
    return this.state.bucket(name);
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.http.once('error', reject);
      this.http.listen(port, '127.0.0.1', resolve);
    });
  }

  /** Stops at once, open connections included. */
  close(): Promise<void> {
    this.http.closeAllConnections();
    return new Promise((resolve) => this.http.close(() => resolve()));
  }

  /** For `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requestIds += 1;
    const requestId = `REQUEST${String(this.requestIds).padStart(9, '0')}`;
    response.setHeader('x-amz-request-id', requestId);
    response.setHeader('x-amz-id-2', hostId);
    if (this.tellsOwnTime) response.setHeader('date', this.state.now().toUTCString());
    const isHead = request.method === 'HEAD';
    try {
      const answer = await this.answer(request);
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
      request.resume(); // a body that nobody read would hold up the connection
    }
  }

  private async answer(request: IncomingMessage): Promise<Outcome> {
    const headers = request.headers as Headers;
    const address = readAddress(request);
    const { bucketName, key, query } = address;
    const target = bucketName === '' ? 'service' : key === undefined ? 'bucket' : 'object';
    const route = findRoute(request.method ?? 'GET', target, query, headers);
    const call = newCall(this.state, route.operation, request, address);
    const readBody = async () => (await call.readBody()).bytes;
    const info = { operation: route.operation, bucket: bucketName, key, query, headers, readBody };
    if (this.overlooks?.(info)) return this.carryOut(call, route, info);
    this.requests.add(route.operation);
    return suffer(await this.onRequest?.(info), () => this.carryOut(call, route, info));
  }

  private async carryOut(call: Call, route: Route, info: RequestInfo): Promise<Answer> {
    checkClock(info.headers, this.state.now());
    if (this.authorize && this.state.buckets.has(info.bucket) && !(await this.authorize(info))) {
      throw accessDenied();
    }
    if (info.bucket !== '' && route.operation !== 'CreateBucket') {
      checkAccess(call, route);
    }
    return route.handle(call);
  }
}

function cutOff(response: ServerResponse, text: string): void {
  response.setHeader('content-length', Buffer.byteLength(text) + 1);
  response.write(text, () => response.destroy());
}

/** Until the client hangs up. */
function repeat(response: ServerResponse, { endless, status = 200, pauseMs = 0 }: EndlessAnswer): void {
  response.statusCode = status;
  const go = () => {
    if (response.destroyed) return;
    response.write(endless, () => (pauseMs === 0 ? setImmediate(go) : setTimeout(go, pauseMs)));
  };
  go();
}

function newCall(state: S3State, operation: string, request: IncomingMessage, address: Address): Call {
  const headers = request.headers as Headers;
  let read: ReturnType<typeof readBytes> | undefined;
  return {
    state,
    operation,
    bucketName: address.bucketName,
    key: address.key ?? '',
    query: address.query,
    headers,
    get bucket() {
      return state.bucket(address.bucketName);
    },
    async readBody() {
      read ??= readBytes(request); // a hook may have read it before
      const { bytes, trailers } = await read;
      return { bytes, body: bytesBody(bytes), headers: { ...headers, ...trailers } };
    },
  };
}
