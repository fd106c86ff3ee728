import { StoreError } from '../../engine/ports/store-error';

/** Statuses of a server that does not support a request. */
const UNKNOWN: ReadonlySet<number> = new Set([405, 501]);

/** Codes of a server that may mean the tags. */
const DOUBTS: ReadonlySet<string> = new Set(['InvalidArgument', 'InvalidRequest', 'InvalidTag']);

const HOW = 'leave them out with `--tags ignore` (`tags: "ignore"`)';

/** Sends a request about tags. @throws StoreError  names the option if the server does not support tags */
export async function aboutTags<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const advice = adviseOn(error);
    throw advice ? new StoreError(error.reason, `${error.message}. ${advice}`, error.cause, error.said) : error;
  }
}

function adviseOn({ said }: StoreError): string | undefined {
  if (UNKNOWN.has(said?.status ?? 0)) return `This S3 does not support object tags: ${HOW}`;
  return DOUBTS.has(said?.code ?? '') ? `If its tags are the reason, ${HOW}` : undefined;
}
