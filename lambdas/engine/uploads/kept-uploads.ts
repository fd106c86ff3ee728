import { createHash } from 'node:crypto';
import type { Run } from '../../../statemachine/contract';
import type { ListedObject, ObjectHead } from '../ports/bucket-reader';
import type { Host } from '../ports/host';
import type { UploadRequest } from '../ports/object-uploads';
import { listAll, type RunStore } from '../ports/run-store';

/** The folder of unfinished uploads in the run store. */
export const UPLOADS_FOLDER = 'uploads/';

/** An upload that a Task began and perhaps could not end. */
export interface KeptUpload {
  readonly id: string;
  /**
   * A digest of everything that the upload was begun with. Parts of another version, or with other headers, are useless.
   */
  readonly identity: string;
}

/**
 * Uploads of copies that go through this machine. If their run is killed, the next run finds here what was already sent.
 * If the run store rejects a request, this costs time but is not a failure.
 */
export class KeptUploads {
  #names: Promise<Set<string>> | undefined;

  constructor(
    private readonly store: RunStore,
    private readonly folder: string,
    private readonly run: Run,
  ) {}

  /** @param place  of both sides, see `placeOfLacks` */
  static of(run: Run, { runStore, endpoint = '' }: Pick<Host, 'runStore' | 'endpoint'>): KeptUploads {
    return new KeptUploads(runStore, `${UPLOADS_FOLDER}${digest([endpoint, run.input.destination])}/`, run);
  }

  /** Identifies the object that an upload's parts belong to. If two texts are equal, one upload can continue the other. */
  identify(version: ListedObject, head: ObjectHead, request: UploadRequest): string {
    const { source, prefix, sse, sseKmsKeyId } = this.run.input;
    const { metadata, ...headers } = request.attributes;
    const seconds = Math.floor(head.lastModified / 1000);
    return digest([
      ...[source, `${prefix}${version.key}`],
      ...[version.eTag, version.sizeBytes, seconds, Object.entries(headers).sort(), Object.entries(metadata).sort()],
      ...[request.tags, request.storageClass, request.checksum, sse, sseKmsKeyId, this.run.settings.acls],
    ]);
  }

  async find(key: string): Promise<KeptUpload | undefined> {
    const name = this.#nameOf(key);
    try {
      this.#names ??= listAll(this.store, this.folder).then((names) => new Set(names));
      if (!(await this.#names).has(name)) return undefined;
      const file = await this.store.get(name);
      return file && read(file.body);
    } catch {
      return undefined;
    }
  }

  async keep(key: string, { id, identity }: KeptUpload): Promise<void> {
    const name = this.#nameOf(key);
    await this.store.put(name, JSON.stringify({ id, identity })).catch(() => {});
    (await this.#names?.catch(() => undefined))?.add(name);
  }

  async drop(key: string): Promise<void> {
    const name = this.#nameOf(key);
    await this.store.delete(name).catch(() => {});
    (await this.#names?.catch(() => undefined))?.delete(name);
  }

  #nameOf(key: string): string {
    return `${this.folder}${digest([this.run.input.destinationPrefix, key])}.json`;
  }
}

function read(body: Buffer): KeptUpload | undefined {
  const { id, identity } = JSON.parse(body.toString('utf8')) as Partial<KeptUpload>;
  return typeof id === 'string' && typeof identity === 'string' ? { id, identity } : undefined;
}

function digest(values: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 32);
}
