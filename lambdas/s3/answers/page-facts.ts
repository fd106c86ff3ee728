import { type BrokenPage, decode, decodeKeyText, short } from './broken-page';
import { isEcho } from './list-echo';
import { SPACE } from './xml-space';
import { decodeListedKey, decodeXmlText } from './xml-text';

/** The elements of a list page that describe the page itself. */
const FACT = new RegExp(
  `${SPACE}<(Name|Prefix|KeyCount|EncodingType|IsTruncated|NextContinuationToken|MaxKeys|Delimiter|StartAfter|ContinuationToken)` +
    `(?:${SPACE}/>|>([^<]*)</\\1>)`,
  'y',
);

/** Where the requested page begins: at its token, after a key of the bucket, or with the first key. */
export interface PageStart {
  readonly startAfter?: string | undefined;
  readonly continuation?: string | undefined;
  /** The server is not AWS, so it may leave keys unencoded, with an empty or missing EncodingType. */
  readonly mayBePlain?: boolean;
}

/** What a list page says about itself: of what it is a page, and what comes after it. */
export class PageFacts {
  readonly #facts = new Map<string, string>();

  constructor(private readonly broken: BrokenPage) {}

  /** Reads the fact that comes next. @returns where it ends, or undefined if the next element is none, or comes again */
  readAt(text: string, at: number): number | undefined {
    FACT.lastIndex = at;
    const [, name, value = ''] = FACT.exec(text) ?? [];
    if (name === undefined || this.#facts.has(name)) return undefined;
    this.#facts.set(name, value);
    return FACT.lastIndex;
  }

  /**
   * Checks that this is a page of what was asked for.
   *
   * @param isPlain  its keys are not URL-encoded
   * @throws ListingError
   */
  require(asked: { readonly bucket: string; readonly prefix: string; readonly isPlain: boolean }): void {
    const { bucket, prefix, isPlain } = asked;
    const name = this.#get('Name') ?? bucket;
    // an access point answers with the name of its bucket
    if (name !== bucket && !bucket.endsWith('-s3alias')) throw this.broken(`the Name ${bucket}`, name);
    const listed = this.#get('Prefix') ?? prefix;
    if (listed !== prefix && decodeListedKey(listed) !== prefix) throw this.broken(`the Prefix "${prefix}"`, listed);
    const encoding = this.#get('EncodingType');
    if (isPlain ? !!encoding : encoding !== 'url') throw this.broken('the EncodingType url', encoding);
  }

  /** @returns where the next page begins @throws ListingError */
  readNext(keys: number): string | undefined {
    const count = String(keys);
    const keyCount = this.#get('KeyCount') ?? count;
    if (keyCount !== count) throw this.broken(`the KeyCount ${count}, as there are keys`, keyCount);
    const truncated = this.#get('IsTruncated');
    if (truncated === 'false') return undefined;
    const token = this.#facts.get('NextContinuationToken');
    if (truncated !== 'true') throw this.broken('IsTruncated', truncated);
    if (!token) throw this.broken('a NextContinuationToken', token);
    return short('NextContinuationToken', decodeKeyText(token, this.broken), this.broken);
  }

  /**
   * | asked for       | `StartAfter`                | `ContinuationToken`         |
   * | --------------- | --------------------------- | --------------------------- |
   * | a continuation  | is ignored                  | is the token, empty or none |
   * | any other start | is the key, empty or none   | likewise                    |
   *
   * @throws ListingError
   */
  requireAnswerTo({ startAfter = '', continuation }: PageStart): void {
    this.#requireEcho('ContinuationToken', continuation ?? startAfter);
    if (continuation === undefined) this.#requireEcho('StartAfter', startAfter);
  }

  #requireEcho(name: string, asked: string): void {
    const text = this.#facts.get(name);
    const echoed = text && decodeXmlText(text);
    if (echoed && !isEcho(echoed, asked)) throw this.broken(`the ${name} ${JSON.stringify(asked)}`, echoed);
  }

  #get(name: string): string | undefined {
    const text = this.#facts.get(name);
    return text === undefined ? undefined : decode(text, this.broken);
  }
}
