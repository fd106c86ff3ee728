import { type S3Server, startS3 } from '../../local/s3';
import { answerParent } from '../frame/child';
import { DESTINATION, SOURCE } from '../peers/cases';
import { Allowance } from './allowance';

/** Asks for a source with this many small objects, on a server with this limit of copies per second. The answer is the endpoint. */
export interface Fill {
  readonly objects: number;
  readonly copiesPerSecond: number;
}

/** What the server did since, if no `Fill` is asked for. */
export interface Load {
  readonly copied: number;
  readonly refused: number;
  /** Copies in each second from the first one that was refused to the last one of all. */
  readonly copiesPerSecond: number;
}

/** What S3 takes for a small object. */
const COPY_MS = 40;

let server: S3Server | undefined;
let allowance: Allowance | undefined;

async function serve({ objects, copiesPerSecond }: Fill): Promise<Pick<S3Server, 'endpoint'>> {
  server = await startS3({ credentials: 'any' });
  const [source] = [server.createBucket(SOURCE), server.createBucket(DESTINATION)];
  for (let index = 0; index < objects; index++) source.put(`object ${index}`, 'content');
  const limit = new Allowance(copiesPerSecond, () => performance.now());
  allowance = limit;
  server.onRequest = ({ operation }) => {
    if (operation !== 'CopyObject') return undefined;
    return limit.take() ? { delayMs: COPY_MS } : { status: 503, code: 'SlowDown' };
  };
  return { endpoint: server.endpoint };
}

async function tell(): Promise<Load> {
  const { copied = 0, refused = 0, copiesPerSecond = 0 } = allowance ?? {};
  return { copied, refused, copiesPerSecond };
}

answerParent<Fill | Record<string, never>>((question) => ('objects' in question ? serve(question as Fill) : tell()));
