import type { CopyRequest } from '../../engine/ports/bucket-writer';
import type { PartRequest, UploadedPart } from '../../engine/ports/object-uploads';
import { S3Destination } from '../buckets/s3-destination';
import { S3Uploads } from '../buckets/s3-uploads';
import type { Side } from '../buckets/side';
import type { WriteSettings } from '../buckets/write-settings';
import { StreamedCopy } from './streamed-copy';

/** A destination that cannot reach the source, so all copies go through this machine. */
export class StreamedDestination extends S3Destination {
  override readonly uploads: StreamedUploads;
  readonly #copy: StreamedCopy;

  constructor(side: Side, source: Side, settings: WriteSettings) {
    super(side, source, settings);
    this.#copy = new StreamedCopy(source, side, settings);
    this.uploads = new StreamedUploads(side, source, settings, this.#copy);
  }

  override copyObject(request: CopyRequest): Promise<string> {
    return this.#copy.copyObject(request);
  }
}

class StreamedUploads extends S3Uploads {
  constructor(
    side: Side,
    source: Side,
    settings: WriteSettings,
    private readonly copy: StreamedCopy,
  ) {
    super(side, source, settings);
  }

  override copyPart(request: PartRequest): Promise<UploadedPart> {
    return this.copy.copyPart(request);
  }
}
