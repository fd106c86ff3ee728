import { LARGE_BYTES } from '../../../statemachine/budgets';
import type { CopyRequest } from '../../engine/ports/bucket-writer';
import type { KnownLacks } from '../../engine/ports/known-lacks';
import { StoreError, StreamStoppedError } from '../../engine/ports/store-error';
import { S3Destination } from '../buckets/s3-destination';
import type { Side } from '../buckets/side';
import type { WriteSettings } from '../buckets/write-settings';
import { isNotImplemented, isUnknownRequest } from '../errors/unknown-request';
import { StreamedCopy } from './streamed-copy';
import { StreamedUploads } from './streamed-uploads';

/** What is given up if the server refuses it, too. */
const WRITING = 'copies that are written anew';

/**
 * A destination on the server of the source, which copies by itself. If the server refuses to copy an object, the copy goes through
 * this machine: a server that keeps folders may refuse empty objects, some misread keys, and some make no copies at all.
 */
export class CopyingDestination extends S3Destination {
  override readonly uploads: StreamedUploads;
  readonly #streamed: StreamedCopy;

  constructor(side: Side, source: Side, settings: WriteSettings) {
    super(side, source, settings);
    this.#streamed = new StreamedCopy(source, side, settings);
    const makesNoCopies = () => side.observer.lacks?.has('copies') === true;
    this.uploads = new StreamedUploads({ side, source }, settings, this.#streamed, makesNoCopies);
  }

  override copyObject(request: CopyRequest): Promise<string> {
    const { lacks } = this.side.observer;
    if (lacks?.has('copies')) return this.#streamed.copyObject(request);
    const { sizeBytes } = request;
    if (!lacks || sizeBytes === undefined || sizeBytes > LARGE_BYTES) return super.copyObject(request);
    if (sizeBytes > 0) return this.#copyOrWrite(request, lacks);
    if (lacks.has('emptyCopies')) return this.#writeAnew(request);
    return lacks.first('emptyCopies', () => this.#copyEmpty(request, lacks));
  }

  /** Metadata that S3 does not show is kept by its own copies only. */
  async #writeAnew(request: CopyRequest): Promise<string> {
    try {
      return await this.#streamed.copyObject(request);
    } catch (error) {
      if (!(error instanceof StoreError) || error.reason !== 'hidden-metadata') throw error;
      return super.copyObject(request);
    }
  }

  async #copyEmpty(request: CopyRequest, lacks: KnownLacks): Promise<string> {
    if (lacks.has('emptyCopies')) return this.#writeAnew(request);
    return this.#copyOrWrite(request, lacks);
  }

  async #copyOrWrite(request: CopyRequest, lacks: KnownLacks): Promise<string> {
    try {
      return await super.copyObject(request);
    } catch (error) {
      if (!mayBeWritten(error, request) || lacks.hasGivenUp(WRITING)) throw error;
      const eTag = await this.#streamed.copyObject(request).catch((again: unknown) => {
        if (again instanceof StreamStoppedError) throw again;
        // an option that the server does not support in any request: no object needs to be read because of it
        if (isNotImplemented(error) && isNotImplemented(again)) lacks.giveUp(WRITING);
        throw error; // it says more about the object
      });
      lacks.add(this.#lackShownBy(error, request, lacks), error);
      return eTag;
    }
  }

  /** If a trial was possible, it has shown that the server copies other objects. */
  #lackShownBy(error: unknown, { sizeBytes }: CopyRequest, lacks: KnownLacks) {
    if (sizeBytes === 0) return 'emptyCopies';
    return isNotImplemented(error) && !lacks.has('triedHeaders') ? 'copies' : 'someCopies';
  }
}

/** A server may not find the source: it takes it for a folder, or misreads its key. */
function mayBeWritten(error: unknown, { sizeBytes }: CopyRequest): error is StoreError {
  if (!(error instanceof StoreError)) return false;
  return error.reason === 'gone' || (sizeBytes === 0 ? error.reason === 'refused' : isUnknownRequest(error));
}
