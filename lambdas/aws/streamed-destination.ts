import type { CopyRequest } from '../engine/object-store';
import type { PartRequest, UploadedPart } from '../engine/object-uploads';
import { S3Destination } from './s3-destination';
import { S3Uploads } from './s3-uploads';
import type { Side } from './side';
import { StreamedCopy } from './streamed-copy';
import type { WriteSettings } from './write-settings';

/** A destination that cannot reach the source: all that is copied goes through this machine. */
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
