import type { Send } from './object-copier';
import type { CopyRequest, ListedObject, ObjectHead, UploadedPart } from './object-store';
import type { RangeTask } from './range-task';

/** Parts of one object under way at the same time. */
const LANES = 16;

interface Job {
  readonly version: ListedObject;
  /** The key before it on the source. */
  readonly after: string | undefined;
  /** What HeadObject says of it. */
  readonly head: ObjectHead;
  /** Bytes of each part, in order. */
  readonly sizes: readonly number[];
  readonly destination: CopyRequest['destination'];
}

interface Upload {
  readonly id: string;
  readonly parts: UploadedPart[];
}

/**
 * Copies one object in parts, each of the very version that was listed. What does not fit into this round is handed on
 * with its upload's id; what fails or is interrupted is aborted, so that no parts are left behind.
 */
export class MultipartCopy {
  #resumed = false;

  constructor(private readonly task: RangeTask) {}

  /** @returns false where the object was handed on to the next round @throws StoreError */
  async copy(job: Job, send: Send): Promise<boolean> {
    const { key, eTag, sizeBytes, checksum } = job.version;
    const { uploads } = this.task.buckets.destination;
    const begun = await this.#resume(job, send);
    // A range of this one object has nothing else to do, so it always begins, and a run always ends.
    if (!begun && this.task.input.range.until !== key && this.task.shouldStop()) return this.#handOn(job);
    const upload = begun ?? (await this.#begin(job, send));
    const abort = () => send(() => uploads.abort(key, upload.id));
    try {
      const complete = await this.#copyParts(job, upload, send);
      if (complete) {
        const { destination } = job;
        const { id: uploadId, parts } = upload;
        await send(() =>
          uploads.complete({ key, uploadId, parts, sizeBytes, checksum, ...(destination && { destination }) }),
        );
        return true;
      }
    } catch (error) {
      await abort().catch(() => {}); // the first error is the one to tell
      throw error;
    }
    if (!this.task.interrupted) return this.#handOn(job, { id: upload.id, eTag });
    await abort();
    return this.#handOn(job);
  }

  async dropUnused(): Promise<void> {
    const { upload, until } = this.task.input.range;
    if (!upload || until === undefined || this.#resumed) return;
    await this.task.buckets.destination.uploads.abort(until, upload.id);
  }

  /** Goes on with the upload of an earlier round, if it is one of this very version. */
  async #resume({ version: { key, eTag } }: Job, send: Send): Promise<Upload | undefined> {
    const { upload, until } = this.task.input.range;
    if (!upload || until !== key || upload.eTag !== eTag || this.#resumed) return undefined;
    const parts = await send(() => this.task.buckets.destination.uploads.listParts(key, upload.id));
    this.#resumed = true;
    return parts && { id: upload.id, parts };
  }

  async #begin({ version, head }: Job, send: Send): Promise<Upload> {
    const { source, destination } = this.task.buckets;
    const { key, checksum } = version;
    const tags = this.task.input.run.input.tags === 'copy' ? await send(() => source.readTags(key)) : [];
    const storageClass = this.task.storageClassOf(version);
    const request = { key, attributes: head.attributes, tags, storageClass, ...(checksum && { checksum }) };
    return { id: await send(() => destination.uploads.create(request)), parts: [] };
  }

  /** @returns whether all parts are there */
  async #copyParts(job: Job, upload: Upload, send: Send): Promise<boolean> {
    const present = new Set(upload.parts.map(({ part }) => part));
    const missing = partRequests(job, upload.id).filter(({ part }) => !present.has(part));
    let failed = false;
    const lane = async () => {
      do {
        const request = missing.shift();
        if (!request) return;
        upload.parts.push(await send(() => this.task.buckets.destination.uploads.copyPart(request)));
      } while (!failed && !this.task.shouldStop());
    };
    const lanes = Array.from({ length: Math.min(LANES, missing.length) }, () =>
      lane().catch((error: unknown) => {
        failed = true;
        throw error;
      }),
    );
    // all of them, so that no part arrives after the upload was aborted
    const rejected = (await Promise.allSettled(lanes)).find((outcome) => outcome.status === 'rejected');
    if (rejected) throw rejected.reason;
    return upload.parts.length === job.sizes.length;
  }

  #handOn({ version: { key }, after }: Job, upload?: { id: string; eTag: string }): false {
    this.task.handOn({ ...(after !== undefined && { after }), until: key, ...(upload && { upload }) });
    return false;
  }
}

function partRequests({ version: { key, eTag }, sizes }: Job, uploadId: string) {
  let offset = 0;
  return sizes.map((size, index) => {
    const first = offset;
    offset += size;
    const bytes = sizes.length > 1 ? { first, last: offset - 1 } : undefined;
    return { key, uploadId, part: index + 1, sourceETag: eTag, ...(bytes && { bytes }) };
  });
}
