import { StoreError } from '../../engine/ports/store-error';

/** Statuses of a server that does not support a request. */
const UNKNOWN: ReadonlySet<number> = new Set([405, 501]);

const ADVICE = 'This S3 does not support object tags: leave them out with `--tags ignore` (`tags: "ignore"`)';

/** Sends a request about tags. @throws StoreError  names the option if the server does not support tags */
export async function aboutTags<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof StoreError) || !UNKNOWN.has(error.said?.status ?? 0)) throw error;
    throw new StoreError(error.reason, `${error.message}. ${ADVICE}`, error.cause, error.said);
  }
}
