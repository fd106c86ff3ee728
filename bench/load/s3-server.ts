import { type S3Server, startS3 } from '../../local/s3';
import { answerParent } from '../frame/child';
import { DESTINATION, SOURCE } from '../peers/cases';

/** Asks for a source of so many small objects behind a server that copies so many in a second; answered by the endpoint. */
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
/** How much of a second's allowance may be used at once. */
const BURST = 0.1;

let server: S3Server | undefined;
let allowance: Allowance | undefined;

/** Lets through so many in a second, and keeps count. */
class Allowance {
  #tokens: number;
  #refilledAt = performance.now();
  #firstRefusedAt: number | undefined;
  #lastCopiedAt = 0;
  #copiedSinceRefused = 0;
  copied = 0;
  refused = 0;

  constructor(private readonly perSecond: number) {
    this.#tokens = perSecond * BURST;
  }

  take(): boolean {
    const now = performance.now();
    const refilled = this.#tokens + ((now - this.#refilledAt) / 1000) * this.perSecond;
    this.#tokens = Math.min(this.perSecond * BURST, refilled);
    this.#refilledAt = now;
    if (this.#tokens < 1) {
      this.refused += 1;
      this.#firstRefusedAt ??= now;
      return false;
    }
    this.#tokens -= 1;
    this.copied += 1;
    this.#lastCopiedAt = now;
    if (this.#firstRefusedAt !== undefined) this.#copiedSinceRefused += 1;
    return true;
  }

  get copiesPerSecond(): number {
    const elapsedMs = this.#lastCopiedAt - (this.#firstRefusedAt ?? this.#lastCopiedAt);
    return elapsedMs > 0 ? (this.#copiedSinceRefused / elapsedMs) * 1000 : 0;
  }
}

async function serve({ objects, copiesPerSecond }: Fill): Promise<Pick<S3Server, 'endpoint'>> {
  server = await startS3();
  const [source] = [server.createBucket(SOURCE), server.createBucket(DESTINATION)];
  for (let index = 0; index < objects; index++) source.put(`object ${index}`, 'content');
  const limit = new Allowance(copiesPerSecond);
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
