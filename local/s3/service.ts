import { checkAccess } from './access';
import { bytesBody } from './body';
import type { Bucket, BucketOptions } from './bucket';
import type { Answer, Call } from './call';
import type { Headers } from './checksums';
import { checkClock } from './clock';
import { accessDenied, S3Error } from './errors';
import { type Fault, sufferWithin } from './fault';
import { type Address, requireKeyLength } from './request';
import type { RequestBody } from './request-body';
import { RequestCounts } from './request-counts';
import type { Results } from './results';
import { type Route, routeOf } from './routes';
import type { S3State } from './state';

/** What a hook sees of a request before the server handles it. */
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

/** Stands in for IAM: if it returns false, the request is denied with AccessDenied. */
export type Authorize = (request: RequestInfo) => Promise<boolean>;

/** A request of the same process: no HTTP, no signature, and no XML in the answer. */
export interface Asked<Operation extends string = string> {
  /** As in the S3 API: `ListObjectsV2`. */
  readonly operation: Operation;
  readonly bucket: string;
  readonly key?: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** By lower-case name. */
  readonly headers?: Headers;
  readonly body?: string;
}

/** The answer to such a request. */
export interface Told<Operation extends string = string> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Answer['body'];
  readonly result: Operation extends keyof Results ? Results[Operation] : undefined;
}

/** S3 without the wire: what becomes of a request whose bytes have been read. */
export class S3Service {
  /** Counts of the requests so far. */
  readonly requests = new RequestCounts();
  /** Called for each request to an existing bucket. @default everybody may do everything */
  authorize: Authorize | undefined;
  /** Requests that are neither counted nor shown to `onRequest`. @default none */
  overlooks: ((request: RequestInfo) => boolean) | undefined;

  constructor(
    readonly state: S3State,
    /** Can be set and cleared at any time. */
    public onRequest?: RequestHook,
  ) {}

  /** Makes a bucket, without a request. */
  createBucket(name: string, options?: BucketOptions): Bucket {
    return this.state.createBucket(name, options);
  }

  /** @throws S3Error NoSuchBucket */
  bucket(name: string): Bucket {
    return this.state.bucket(name);
  }

  /**
   * Carries out a request of the same process. It is counted, shown to `onRequest` and authorized like any other.
   *
   * @throws S3Error, or the error of a connection that is cut
   */
  async ask<Operation extends string>(asked: Asked<Operation>): Promise<Told<Operation>> {
    const { bucket: bucketName, key, body = '' } = asked;
    if (key !== undefined) requireKeyLength(key);
    const route = routeOf(asked.operation);
    const headers = withoutBlanks(asked.headers);
    const query = new URLSearchParams(given(asked.query));
    const bytes = Buffer.from(body);
    const call = newCall(this.state, route.operation, headers, { bucketName, key, query }, { bytes, trailers: {} });
    const answer = await this.admit(call, route, key, sufferWithin);
    return answer as Told<Operation>;
  }

  /** Counts a request and shows it to the hook, unless it is overlooked, and carries it out. */
  protected async admit<Result>(
    call: Call,
    route: Route,
    key: string | undefined,
    react: (fault: Fault | undefined, carryOut: () => Promise<Answer>) => Promise<Result>,
  ): Promise<Result | Answer> {
    const { bucketName, query, headers } = call;
    const readBody = async () => (await call.readBody()).bytes;
    const info = { operation: route.operation, bucket: bucketName, key, query, headers, readBody };
    if (this.overlooks?.(info)) return this.carryOut(call, route, info);
    this.requests.add(route.operation);
    return react(await this.onRequest?.(info), () => this.carryOut(call, route, info));
  }

  protected async carryOut(call: Call, route: Route, info: RequestInfo): Promise<Answer> {
    checkClock(info.headers, this.state.now());
    try {
      if (this.authorize && this.state.buckets.has(info.bucket) && !(await this.authorize(info))) throw accessDenied();
      if (info.bucket !== '' && route.operation !== 'CreateBucket') checkAccess(call, route);
    } catch (error) {
      throw info.key === undefined ? withRegion(error, this.state.buckets.get(info.bucket)) : error;
    }
    return route.handle(call);
  }
}

/** As HTTP delivers headers: without spaces around their values. */
function withoutBlanks(headers: Headers = {}): Headers {
  return Object.fromEntries(Object.entries(given(headers)).map(([name, value]) => [name, value.replace(BLANKS, '')]));
}

const BLANKS = /^[ \t]+|[ \t]+$/g;

function given(values: Readonly<Record<string, string | undefined>> = {}): Record<string, string> {
  const pairs = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(pairs);
}

/** Even without permission for a bucket, a caller may know its region. */
function withRegion(error: unknown, bucket: Bucket | undefined): unknown {
  if (!(error instanceof S3Error) || error.status !== 403 || !bucket) return error;
  const { status, code, message, details, headers } = error;
  return new S3Error(status, code, message, details, { ...headers, 'x-amz-bucket-region': bucket.region });
}

export function newCall(
  state: S3State,
  operation: string,
  headers: Headers,
  address: Address,
  { bytes, trailers }: Pick<RequestBody, 'bytes' | 'trailers'>,
): Call {
  const body = bytesBody(bytes);
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
    readBody: async () => ({ bytes, body, headers: { ...headers, ...trailers } }), // a hook may have changed the headers
  };
}
