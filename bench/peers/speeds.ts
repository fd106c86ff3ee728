import type { RequestInfo } from '../../local/s3';

/** Milliseconds until S3 answers, by what a request does; measured from within a region, small objects. */
const S3_LATENCY_MS = { list: 80, copy: 40, head: 20, delete: 40 } as const;

export type RequestKind = 'list' | 'copy' | 'head' | 'delete';

/** Which of the four prices and latencies of S3 an operation has. */
export function kindOf(operation: string): RequestKind {
  if (/^List/.test(operation)) return 'list';
  if (/^(Delete|Abort)/.test(operation)) return 'delete';
  if (/^(Copy|Put|Create|Upload|Complete)/.test(operation)) return 'copy';
  return 'head';
}

export function delayOf({ operation }: RequestInfo): { delayMs: number } {
  return { delayMs: S3_LATENCY_MS[kindOf(operation)] };
}
