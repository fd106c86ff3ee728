/** The requests of a `BucketReader` that a test of lists does not expect. */
export class ListOnly {
  headObject(..._asked: unknown[]): Promise<never> {
    return Promise.reject(new Error('Expected list pages only'));
  }

  readonly headPart = this.headObject;
  readonly listPartSizes = this.headObject;
  readonly readTags = this.headObject;
  readonly countTags = this.headObject;
}
