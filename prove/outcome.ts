import { S3ServiceException } from '@aws-sdk/client-s3';
import { StoreError } from '../lambdas/engine/ports/store-error';

/**
 * How a request ended: `ok`, or status and code such as `412 PreconditionFailed`; for the answer to a HEAD only the status.
 */
export async function outcome(request: Promise<unknown>): Promise<string> {
  try {
    await request;
    return 'ok';
  } catch (error) {
    return describeError(error);
  }
}

/** The status alone, or the error if there was no answer. */
export async function statusOf(request: Promise<unknown>): Promise<string> {
  const [status = ''] = (await outcome(request)).split(' ');
  return status;
}

export function describeError(error: unknown): string {
  const cause = error instanceof StoreError ? (error.cause ?? error) : error;
  if (cause instanceof S3ServiceException) return describeRefusal(cause);
  if (cause instanceof Error && cause.cause instanceof S3ServiceException) return describeRefusal(cause.cause);
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}

function describeRefusal({ $metadata, name }: S3ServiceException): string {
  const { httpStatusCode } = $metadata;
  return `${httpStatusCode} ${name}`;
}

/**
 * Tries the same with many items, a few at a time.
 *
 * @returns `all`, or the items with another outcome
 */
export async function outcomes<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  attempt: (item: T) => Promise<string>,
  atOnce = 8,
): Promise<string> {
  const different: string[] = [];
  const waiting = items.entries();
  const work = async () => {
    for (const [index, item] of waiting) {
      const observed = await attempt(item).catch(describeError);
      if (observed !== 'ok') different[index] = `${nameOf(item)}: ${observed}`;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const named = different.filter((text) => text !== undefined);
  return named.length === 0 ? 'all' : `not ${named.length} of ${items.length}: ${named.join('; ')}`;
}
