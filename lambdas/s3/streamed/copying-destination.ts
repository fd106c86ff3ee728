import type { CopyRequest } from '../../engine/ports/bucket-writer';
import { StoreError } from '../../engine/ports/store-error';
import { S3Destination } from '../buckets/s3-destination';
import type { Side } from '../buckets/side';
import type { WriteSettings } from '../buckets/write-settings';
import { StreamedCopy } from './streamed-copy';

/** A destination on the server of the source, which copies by itself. A server that keeps folders may refuse to copy an empty object. */
export class CopyingDestination extends S3Destination {
  readonly #streamed: StreamedCopy;

  constructor(side: Side, source: Side, settings: WriteSettings) {
    super(side, source, settings);
    this.#streamed = new StreamedCopy(source, side, settings);
  }

  override copyObject(request: CopyRequest): Promise<string> {
    const { lacks } = this.side.observer;
    if (!lacks || request.sizeBytes !== 0) return super.copyObject(request);
    if (lacks.has('emptyCopies')) return this.#writeAnew(request);
    return lacks.first('emptyCopies', () => this.#copyEmpty(request));
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

  async #copyEmpty(request: CopyRequest): Promise<string> {
    const { lacks } = this.side.observer;
    if (lacks?.has('emptyCopies')) return this.#writeAnew(request);
    try {
      return await super.copyObject(request);
    } catch (error) {
      if (!mayBeWritten(error)) throw error;
      const eTag = await this.#streamed.copyObject(request).catch(() => {
        throw error; // the first error says more about the object
      });
      lacks?.add('emptyCopies', error);
      return eTag;
    }
  }
}

/** A server that keeps folders may take the source for one, and so for nothing. */
function mayBeWritten(error: unknown): boolean {
  return error instanceof StoreError && (error.reason === 'refused' || error.reason === 'gone');
}
