import type { ObjectAttributes, Tag } from '../../lambdas/engine/ports/bucket-reader';
import type { Assumption } from '../assumption';
import type { Lab, Pair } from '../lab';
import { outcome } from '../outcome';
import { ODD_NAMES, oddKey } from './odd-keys';

export const SIGNING = 'AWS: Create a signed AWS API request';

/** HTTP headers are bytes: this is how UTF-8 text looks in an answer that is read byte by byte. */
function utf8(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** Both sides, with each odd key at the source. */
export function filled(lab: Lab): Promise<Pair> {
  return lab.shared('filled', async () => {
    await lab.bucket('source');
    // A key that cannot be put cannot be copied either. The assumption about puts names it.
    for (const name of ODD_NAMES) await outcome(lab.put('source', oddKey(name), name));
    return lab.pair();
  });
}

export async function copyOf(pair: Pair, key: string): Promise<string> {
  const { eTag } = await pair.source.headObject(key);
  return pair.destination.copyObject({ key, sourceETag: eTag, storageClass: 'STANDARD', tags: 'copy' });
}

/** Copies in one part, like objects that were uploaded in parts. */
export async function copyInParts(
  pair: Pair,
  key: string,
  attributes: ObjectAttributes,
  tags: Tag[] = [],
): Promise<void> {
  const { eTag, sizeBytes } = await pair.source.headObject(key);
  const { uploads } = pair.destination;
  const uploadId = await uploads.create({ key, attributes, tags, storageClass: 'STANDARD' });
  const part = await uploads.copyPart({ key, uploadId, part: 1, sourceETag: eTag, sizeBytes });
  await uploads.complete({ key, uploadId, parts: [part], sizeBytes });
}

/** The value of a header after a copy in parts that set it. */
export async function roundTrip<Name extends keyof ObjectAttributes>(
  lab: Lab,
  name: Name,
  value: ObjectAttributes[Name],
): Promise<string> {
  const { source, destination } = await lab.pair(undefined, { role: 'destination', prefix: `${name}/` });
  await lab.shared('header', () => lab.put('source', 'header', 'content'));
  await copyInParts({ source, destination }, 'header', { metadata: {}, [name]: value });
  const { attributes } = await destination.headObject('header');
  return JSON.stringify(attributes[name]);
}

/** Headers whose text is not ASCII. A signature must cover them exactly as they are sent, or not at all. */
const HEADERS: readonly [name: keyof ObjectAttributes, value: string, says: string][] = [
  ['contentDisposition', utf8('attachment; filename="Übersicht © à.pdf"'), 'A Content-Disposition in UTF-8'],
  ['contentDisposition', utf8('attachment; filename="a\u00a0b.pdf"'), 'A no-break space in a Content-Disposition'],
  ['contentLanguage', utf8('é'), 'A Content-Language that is not ASCII'],
  ['contentType', utf8('text/plain; name=ü'), 'A Content-Type that is not ASCII'],
  ['contentEncoding', utf8('ü'), 'A Content-Encoding that is not ASCII'],
  ['cacheControl', utf8('max-age=1, note=ü'), 'A Cache-Control that is not ASCII'],
  ['websiteRedirect', '/a b?c=d', 'A website redirect with a space'],
  ['websiteRedirect', utf8('/ü'), 'A website redirect that is not ASCII'],
  ['expires', 'never', 'An Expires that is no date'],
];

/** B9 to B17. */
export const headers: Assumption[] = HEADERS.map(([name, value, says], index) => ({
  id: `B${index + 9}`,
  says: `${says} is carried over by CreateMultipartUpload`,
  source: `${SIGNING}: every header that is signed is signed as it is sent`,
  expected: JSON.stringify(value),
  observe: (lab) => roundTrip(lab, name, value),
}));
