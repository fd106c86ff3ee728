import { ListingError } from '../../../statemachine/errors';
import { formatS3Url } from '../../../wording/s3-url';
import { decodeXmlText } from './xml-text';

/** Enough characters to see the fault. */
const SHOWN_CHARACTERS = 200;

/** Makes the error of a list page that must not be compared. */
export type BrokenPage = (expected: string, got: string | undefined) => ListingError;

export function brokenPageOf(bucket: string): BrokenPage {
  return (expected, got) => {
    const shown = got === undefined ? 'nothing' : JSON.stringify(got.slice(0, SHOWN_CHARACTERS));
    return new ListingError(`Expected ${expected} in the listing of ${formatS3Url(bucket)}, got ${shown}`, {
      isBroken: true,
    });
  };
}

const BLANKS = /^[ \t]+$/;

/** @throws ListingError */
export function decode(text: string, broken: BrokenPage): string {
  const decoded = decodeXmlText(text);
  if (decoded === undefined) throw broken('text that every XML reader reads in the same way', text);
  return decoded;
}

/** Decodes a key, or a token that is one: blanks are its own, as only the layout of a page has line breaks. */
export function decodeKeyText(text: string, broken: BrokenPage): string {
  return BLANKS.test(text) ? text : decode(text, broken);
}

/** Limits for values in the state of an execution, far above those of any server. */
const LONGEST = {
  ETag: 256,
  StorageClass: 64,
  ChecksumAlgorithm: 64,
  ChecksumType: 64,
  NextContinuationToken: 8192,
} as const;

/** @throws ListingError  the value of the element is too long */
export function short(name: keyof typeof LONGEST, value: string, broken: BrokenPage): string {
  if (value.length <= LONGEST[name]) return value;
  throw broken(`${name} of at most ${LONGEST[name]} characters`, value);
}
