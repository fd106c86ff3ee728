import type { RequestHook } from '../../local/s3';

const LEFT = /^empty-(\d+)-/;

/**
 * Makes listings of a bucket pass over a stretch without keys, as S3 does with delete markers: where a listing begins
 * before the end of the stretch, so many empty pages come first, each with the token of the next one.
 *
 * @param isIn  whether a listing that begins behind a key begins in the stretch
 */
export class EmptyPages {
  /** Empty pages that were sent. */
  sent = 0;
  /** How often the stretch was begun. */
  begun = 0;

  constructor(
    private readonly bucket: string,
    private readonly pages: number,
    private readonly isIn: (startAfter: string) => boolean = (startAfter) => startAfter === '',
  ) {}

  readonly onRequest: RequestHook = ({ operation, bucket, query }) => {
    if (operation !== 'ListObjectsV2' || bucket !== this.bucket) return undefined;
    const token = query.get('continuation-token');
    const left = LEFT.exec(token ?? '');
    const startAfter = left ? (token as string).slice(left[0].length) : (query.get('start-after') ?? '');
    if (!left && (token !== null || !this.isIn(startAfter))) return undefined;
    if (!left) this.begun += 1;
    const page = left ? Number(left[1]) : 0;
    query.delete('continuation-token');
    if (startAfter !== '') query.set('start-after', startAfter);
    if (page === this.pages) return undefined;
    this.sent += 1;
    return { rewrite: (body) => emptied(body, `empty-${page + 1}-${startAfter}`, token) };
  };
}

/** The same page without its entries, and with more to come. */
function emptied(body: string, next: string, asked: string | null): string {
  return body
    .replaceAll(/<Contents>.*?<\/Contents>/gs, '')
    .replace(/<KeyCount>\d+/, '<KeyCount>0')
    .replace(/<(ContinuationToken|NextContinuationToken|StartAfter)>.*?<\/\1>/gs, '')
    .replace(
      /<IsTruncated>\w+<\/IsTruncated>/,
      `<IsTruncated>true</IsTruncated><NextContinuationToken>${next}</NextContinuationToken>${asked === null ? '' : `<ContinuationToken>${asked}</ContinuationToken>`}`,
    );
}
