import type { RangeInput } from '../../../statemachine/contract';
import type { Send } from '../concurrency/send';
import type { ListedObject, Tag } from '../ports/bucket-reader';
import type { Buckets } from '../ports/bucket-writer';
import type { KnownLacks } from '../ports/known-lacks';
import { StoreError } from '../ports/store-error';
import type { KeptUpload, KeptUploads } from '../uploads/kept-uploads';
import type { UnfinishedUploads } from '../uploads/unfinished-uploads';
import type { Job, Upload } from './copy-job';
import { classOfCopy, keepsClass } from './storage-class';
import { fits, multipartETag } from './uploaded-parts';

/** What the search for an upload needs of its Task. */
export interface UploadsTask {
  readonly input: RangeInput;
  readonly buckets: Buckets;
  readonly lacks: KnownLacks | undefined;
  readonly uploads: UnfinishedUploads;
  readonly keptUploads: KeptUploads | undefined;
}

/** The uploads that copies go on with: begun by an earlier round, by a run that was killed, or now. */
export class BegunUploads {
  constructor(private readonly task: UploadsTask) {}

  /** Finds the upload of an earlier round, if there is one of this very version. */
  async find(version: ListedObject, send: Send): Promise<Upload | undefined> {
    const { key } = version;
    const upload = this.task.uploads.of(version);
    if (!upload || this.task.uploads.isTaken(key)) return undefined;
    const { id, rightParts, partBytes } = upload;
    const found = await send(() => this.task.buckets.destination.uploads.listParts(key, id));
    if (!found || rightParts === undefined) return found && { id, parts: found, corrected: false, partBytes };
    return { id, parts: found.filter(({ part }) => part <= rightParts), corrected: true };
  }

  async readTags(key: string, send: Send): Promise<Tag[]> {
    return this.task.input.run.input.tags === 'copy' ? send(() => this.task.buckets.source.readTags(key)) : [];
  }

  /** Begins an upload, or goes on with what a killed run has left. */
  async begin(job: Job, send: Send): Promise<Upload> {
    const { version, head } = job;
    const { keptUploads, buckets } = this.task;
    const { key, checksum } = version;
    const tags = job.tags ?? (await this.readTags(key, send));
    const storageClass = classOfCopy(this.task, version, head.storageClass);
    const classes = { storageClass, keepsClass: keepsClass(this.task) };
    const request = { key, attributes: head.attributes, tags, ...classes, ...(checksum && { checksum }) };
    const identity = keptUploads?.identify(version, head, request);
    const kept = await keptUploads?.find(key);
    const upload = kept && (await this.#takeUp(job, kept, identity, send));
    if (upload) return upload;
    const id = await send(() => buckets.destination.uploads.create(request));
    if (identity !== undefined) await keptUploads?.keep(key, { id, identity });
    return { id, parts: [], corrected: false, partBytes: job.partBytes };
  }

  /** Continues the upload of a killed run. An upload that is useless by now is aborted. */
  async #takeUp({ version, ...job }: Job, { id, identity }: KeptUpload, wanted: string | undefined, send: Send) {
    const { uploads } = this.task.buckets.destination;
    const isSame = identity === wanted;
    const parts = isSame ? await send(() => uploads.listParts(version.key, id)).catch(noneIfRefused) : undefined;
    if (parts && fits(parts, job.layout)) {
      // If all parts exist, only a part that is sent again shows whether their ETags are MD5s.
      const isUnproved = job.provesETag && multipartETag(parts) !== version.eTag;
      if (isUnproved && parts.length === job.layout.sizes.length) parts.pop();
      return { id, parts, corrected: false, partBytes: job.partBytes };
    }
    await send(() => uploads.abort(version.key, id)).catch(() => {}); // a lifecycle rule has to remove it
    return undefined;
  }

  async abort(key: string, { id }: Upload, send: Send): Promise<void> {
    await this.task.keptUploads?.drop(key);
    await send(() => this.task.buckets.destination.uploads.abort(key, id));
  }
}

function noneIfRefused(error: unknown): undefined {
  if (!(error instanceof StoreError)) throw error;
}
