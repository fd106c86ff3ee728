import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  type S3Client,
  UploadPartCommand,
  type UploadPartCommandInput,
} from '@aws-sdk/client-s3';

export const mebibyte = 1024 ** 2;
/** 5 MiB, as small as a part that is not the last can be. */
export const first = Buffer.alloc(5 * mebibyte, 'first ');
export const second = Buffer.alloc(mebibyte, 'second ');

/** An upload, as the requests that follow its creation name it. */
export interface NamedUpload {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string | undefined;
}

/** The steps of a multipart upload, in short. */
export class Uploads {
  constructor(
    private readonly s3: Pick<S3Client, 'send'>,
    private readonly bucket: () => string,
  ) {}

  async create(Key: string, more: Partial<CreateMultipartUploadCommandInput> = {}): Promise<NamedUpload> {
    const { UploadId } = await this.s3.send(new CreateMultipartUploadCommand({ Bucket: this.bucket(), Key, ...more }));
    return { Bucket: this.bucket(), Key, UploadId };
  }

  /** Uploads a part; returns what completing takes. */
  async part(
    upload: NamedUpload,
    PartNumber: number,
    Body: Buffer,
    more: Partial<UploadPartCommandInput> = {},
  ): Promise<CompletedPart> {
    const { $metadata, ServerSideEncryption, ...given } = await this.s3.send(
      new UploadPartCommand({ ...upload, PartNumber, Body, ...more }),
    );
    return { PartNumber, ...given };
  }

  complete(upload: NamedUpload, Parts: CompletedPart[], more: Partial<CompleteMultipartUploadCommandInput> = {}) {
    return this.s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...more }));
  }

  /** Makes an object of the parts `first` and `second`. */
  async uploadTwo(Key: string, more: Partial<CreateMultipartUploadCommandInput> = {}) {
    const { ChecksumAlgorithm } = more;
    const upload = await this.create(Key, more);
    const parts = [
      await this.part(upload, 1, first, { ChecksumAlgorithm }),
      await this.part(upload, 2, second, { ChecksumAlgorithm }),
    ];
    return { upload, parts, result: await this.complete(upload, parts) };
  }
}
