import { KEPT_HEADERS, type KeptHeader } from '../../../statemachine/lacks';
import { lostHeaders } from '../compare/copied-headers';
import type { Send } from '../concurrency/send';
import type { BucketProbes } from '../ports/bucket-probes';
import type { ObjectHead } from '../ports/bucket-reader';
import type { CopyRequest } from '../ports/bucket-writer';
import { readable } from './copy-proof';
import { findLostHeaders } from './find-lost-headers';
import type { WatchTask } from './tag-watch';

const NAMES = Object.keys(KEPT_HEADERS) as KeptHeader[];

/** What the keeper requires of its Task. */
export interface HeaderTask extends WatchTask {
  openProbes(): BucketProbes;
}

/**
 * Copies an object in one piece on a server whose own copies may lose headers. It then sends the headers again with each
 * copy. If a header is lost even so, it records that, so that no run copies the object again because of it.
 */
export class HeaderKeeper {
  /** Headers that some copy has kept. */
  readonly #kept = new Set<KeptHeader>();

  constructor(private readonly task: HeaderTask) {}

  /**
   * Finds out which headers copies keep, unless that is known. This happens before the first copy of a run; all other
   * copies of the Task wait.
   */
  async learn(): Promise<void> {
    const { lacks, input, sides } = this.task;
    if (!sides.isDestinationAws)
      await lacks?.first('headers', () => findLostHeaders(lacks, this.task.openProbes(), input.run.input));
  }

  /** Whether the next copy requires the source's headers. */
  mustAsk(): boolean {
    const { lacks } = this.task;
    if (!lacks || lacks.has('copiedHeaders')) return lacks !== undefined;
    return this.mustLook();
  }

  /** Whether only the copies can show which headers are lost. Every object may be the first with one of them. */
  mustLook(): boolean {
    const { lacks, sides } = this.task;
    if (sides.isDestinationAws || !lacks?.has('untriedHeaders')) return false;
    return NAMES.some((name) => !this.#kept.has(name) && !lacks.has(`header:${name}`));
  }

  /** The headers to send again. */
  attributesFor(head: ObjectHead | undefined): CopyRequest['attributes'] {
    if (!head || !this.task.lacks?.has('copiedHeaders') || !canBeSent(head)) return undefined;
    return lostHeaders(head.attributes, { metadata: {} }).length > 0 ? head.attributes : undefined;
  }

  /**
   * Checks copies until each header was found on one of them.
   *
   * @param head  HeadObject of the source
   * @returns the ETag of the copy, which may have changed meanwhile
   */
  async keep(request: CopyRequest, eTag: string, head: ObjectHead, send: Send): Promise<string> {
    const lost = await this.#findLost(request.key, eTag, head, send);
    if (lost.length === 0) return eTag;
    if (request.attributes || !canBeSent(head)) {
      this.#note(lost);
      return eTag;
    }
    return this.#sendAnew({ request, eTag, head, lost }, send);
  }

  /** Looks at a copy whose headers were sent with it: what it lost is noted. @param head  of the source */
  async look(key: string, eTag: string | undefined, head: ObjectHead, send: Send): Promise<void> {
    if (eTag !== undefined) this.#note(await this.#findLost(key, eTag, head, send));
  }

  async #findLost(key: string, eTag: string, head: ObjectHead, send: Send): Promise<KeptHeader[]> {
    const { lacks } = this.task;
    const wanted = lostHeaders(head.attributes, { metadata: {} });
    const open = wanted.filter((name) => !this.#kept.has(name) && !lacks?.has(`header:${name}`));
    if (!lacks || open.length === 0) return [];
    const made = await this.#lookAt(key, eTag, send);
    if (!made) return [];
    const lost = lostHeaders(head.attributes, made.attributes).filter((name) => open.includes(name));
    for (const name of open) if (!lost.includes(name)) this.#kept.add(name);
    return lost;
  }

  async #sendAnew({ request, eTag, head, lost }: Lost, send: Send): Promise<string> {
    const { destination } = this.task.buckets;
    const again = (attributes: CopyRequest['attributes'], over: string) => {
      const { attributes: _none, ...plain } = request;
      const condition = request.destination && { destination: { eTag: over } };
      return send(() => destination.copyObject({ ...plain, ...condition, ...(attributes && { attributes }) }));
    };
    const anew = await again(head.attributes, eTag);
    const made = await this.#lookAt(request.key, anew, send);
    if (!made) return anew;
    const stillLost = lostHeaders(head.attributes, made.attributes).filter((name) => lost.includes(name));
    this.#note(stillLost);
    const lostTags = request.tags === 'copy' && made.tagCount < head.tagCount;
    if (lostTags) {
      this.#note(lost);
      return again(undefined, anew);
    }
    if (stillLost.length < lost.length) this.task.lacks?.add('copiedHeaders');
    return anew;
  }

  async #lookAt(key: string, eTag: string, send: Send): Promise<ObjectHead | undefined> {
    const made = await readable(() => send(() => this.task.buckets.destination.headObject(key)));
    return made?.eTag === eTag ? made : undefined; // or somebody else has replaced it
  }

  #note(lost: readonly KeptHeader[]): void {
    for (const name of lost) this.task.lacks?.add(`header:${name}`, undefined, { lasting: true });
  }
}

interface Lost {
  readonly request: CopyRequest;
  readonly eTag: string;
  readonly head: ObjectHead;
  readonly lost: readonly KeptHeader[];
}

/** Metadata that S3 does not show cannot be sent again. */
function canBeSent({ attributes }: ObjectHead): boolean {
  return attributes.hiddenMetadata === undefined;
}
