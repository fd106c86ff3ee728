import type { PartRequest, UploadedPart } from '../../engine/ports/object-uploads';
import { S3Uploads } from '../buckets/s3-uploads';
import type { Side } from '../buckets/side';
import type { WriteSettings } from '../buckets/write-settings';
import type { StreamedCopy } from './streamed-copy';

/** Uploads whose parts go through this machine. */
export class StreamedUploads extends S3Uploads {
  /** @param isNeeded  false: the server copies the part itself */
  constructor(
    sides: { readonly side: Side; readonly source: Side },
    settings: WriteSettings,
    private readonly copy: StreamedCopy,
    private readonly isNeeded: () => boolean = () => true,
  ) {
    super(sides.side, sides.source, settings);
  }

  override copyPart(request: PartRequest): Promise<UploadedPart> {
    return this.isNeeded() ? this.copy.copyPart(request) : super.copyPart(request);
  }
}
