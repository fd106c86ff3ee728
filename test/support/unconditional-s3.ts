import type { RequestInfo } from '../../local/s3';
import { type Mirror, past } from './mirror';

/** An object to copy, and an orphan. */
export function createSmallPair(mirror: Mirror) {
  const pair = mirror.createPair();
  pair.source.put('a', 'x', { lastModified: past });
  pair.destination.put('orphan', 'x');
  return pair;
}

export type Refusal = { readonly status: number; readonly code: string } | undefined;

/** An S3 that ignores such headers of writes. */
export const without =
  (...ignored: string[]) =>
  ({ operation, headers }: RequestInfo): Refusal => {
    if (operation === 'PutObject') for (const header of ignored) delete headers[header];
    return undefined;
  };

/** As radosgw does it, which also heeds no condition in deletes. @param ofBare  what it does if the ETag has no quotes */
export const withoutQuotes =
  (ofBare: (request: RequestInfo) => void = () => {}) =>
  (request: RequestInfo): Refusal => {
    const { operation, headers } = request;
    if (operation === 'DeleteObject') delete headers['if-match'];
    if (operation !== 'PutObject' || headers['if-match'] === undefined) return undefined;
    if (headers['if-match'].includes('"')) return { status: 412, code: 'PreconditionFailed' };
    ofBare(request);
    return undefined;
  };
