import type { HttpRequest } from '@smithy/core/protocols';

/** More would be spent than `--max-usd` allows. */
class CeilingError extends Error {
  override readonly name = 'CeilingError';
}

export type RequestClass = 'write' | 'read' | 'archive' | 'free';

/** What a request costs in the dearest Region of AWS, in US dollars, so that the ceiling holds in each. */
const REQUEST_USD: Readonly<Record<RequestClass, number>> = {
  write: 0.007 / 1000, // PUT, COPY, POST, LIST
  read: 0.00056 / 1000, // GET, HEAD
  archive: 0.07 / 1000, // into an archive class
  free: 0, // DELETE
};
/** Of Step Functions and Lambda, as a run itself estimates them: other Regions cost up to twice as much. */
const DEAREST_REGION = 2;
const GIB = 1024 ** 3;
/** Everything is removed within minutes. After a crash, the lifecycle rules remove it within a day. */
const STORAGE_USD_PER_BYTE = 0.0405 / GIB / 30;
const TRANSFER_USD_PER_BYTE = 0.15 / GIB;
/** The price of transfer between Regions. */
export const ACROSS_REGIONS_USD_PER_BYTE = 0.138 / GIB;

/** Counts the cost of requests, and rejects a request that would exceed the ceiling. */
export class Spending {
  readonly requests: Record<RequestClass, number> = { write: 0, read: 0, archive: 0, free: 0 };
  /** The cost of storage, transfer and other services, by purpose. */
  readonly other: Record<string, number> = {};
  /** Set by the first rejection. After that, nothing more begins. */
  exceeded = false;
  /** Cleaning up is never rejected. */
  isCleaningUp = false;

  constructor(readonly maxUsd: number) {}

  get usd(): number {
    const requests = Object.entries(this.requests).map(([kind, count]) => REQUEST_USD[kind as RequestClass] * count);
    return [...requests, ...Object.values(this.other)].reduce((sum, amount) => sum + amount, 0);
  }

  /** Adds the cost of an S3 request before it is sent. @throws CeilingError */
  addRequest(request: HttpRequest, bodyBytes: number): void {
    const kind = classOf(request);
    const storage = request.method === 'PUT' ? bodyBytes * STORAGE_USD_PER_BYTE : 0;
    this.#allow(REQUEST_USD[kind] + storage);
    this.requests[kind]++;
    if (storage > 0) this.#add('storage', storage);
  }

  /** Adds the cost of an answer that has arrived. */
  addAnswer(bytes: number): void {
    this.#add('transfer', bytes * TRANSFER_USD_PER_BYTE);
  }

  /** Adds the cost of content that S3 stores without an upload. @throws CeilingError */
  addStorage(bytes: number): void {
    this.add('storage', bytes * STORAGE_USD_PER_BYTE);
  }

  /** Adds a cost before it is spent. @throws CeilingError */
  add(what: string, usd: number): void {
    this.#allow(usd);
    this.#add(what, usd);
  }

  /** Adds the cost that a run's summary gives, instead of the amount that was counted before. */
  settleRun(what: string, countedUsd: number, estimatedUsd: number | undefined): void {
    if (estimatedUsd !== undefined) this.#add(what, estimatedUsd * DEAREST_REGION - countedUsd);
  }

  #add(what: string, usd: number): void {
    this.other[what] = (this.other[what] ?? 0) + usd;
  }

  #allow(usd: number): void {
    if (this.isCleaningUp || (!this.exceeded && this.usd + usd <= this.maxUsd)) return;
    this.exceeded = true;
    throw new CeilingError(`Expected to spend at most $${this.maxUsd}, and $${this.usd.toFixed(4)} is spent`);
  }
}

export function classOf({ method, path, query, headers }: HttpRequest): RequestClass {
  if (method === 'DELETE') return 'free';
  if (/^(GLACIER|DEEP_ARCHIVE)$/.test(headers['x-amz-storage-class'] ?? '')) return 'archive';
  if (method === 'PUT' || method === 'POST') return 'write';
  const asksForList = ['list-type', 'versions', 'uploads'].some((name) => name in query) || path === '/';
  return method === 'GET' && asksForList ? 'write' : 'read';
}
