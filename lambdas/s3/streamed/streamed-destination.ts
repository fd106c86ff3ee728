import type { CopyRequest } from '../../engine/ports/bucket-writer';
import { S3Destination } from '../buckets/s3-destination';
import type { Side } from '../buckets/side';
import type { WriteSettings } from '../buckets/write-settings';
import { StreamedCopy } from './streamed-copy';
import { StreamedUploads } from './streamed-uploads';

/** A destination that cannot reach the source, so all copies go through this machine. */
export class StreamedDestination extends S3Destination {
  override readonly uploads: StreamedUploads;
  readonly #copy: StreamedCopy;

  constructor(side: Side, source: Side, settings: WriteSettings) {
    super(side, source, settings);
    this.#copy = new StreamedCopy(source, side, settings);
    this.uploads = new StreamedUploads({ side, source }, settings, this.#copy);
  }

  override copyObject(request: CopyRequest): Promise<string> {
    return this.#copy.copyObject(request);
  }
}
