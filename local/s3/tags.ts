import { S3Error } from './errors';
import { children, childText, element, parseXml, s3Document } from './xml';

/** Tag keys and values, in the order given. */
export type Tags = readonly (readonly [key: string, value: string])[];

export const NO_TAGS: Tags = [];

/** Tags of the `x-amz-tagging` header, which are written as a query string. */
export function readTagsHeader(header: string | undefined): Tags {
  return header ? checkTags([...new URLSearchParams(header)]) : NO_TAGS;
}

/** Tags of a PutObjectTagging body. */
export function readTagsXml(body: Buffer): Tags {
  const [set] = children(parseXml(body, 'Tagging'), 'TagSet');
  const tags = children(set, 'Tag').map((tag) => [childText(tag, 'Key') ?? '', childText(tag, 'Value') ?? ''] as const);
  return checkTags(tags);
}

export function tagsXml(tags: Tags): string {
  const set = tags.map(([key, value]) => `<Tag>${element('Key', key)}${element('Value', value)}</Tag>`);
  return s3Document('Tagging', `<TagSet>${set.join('')}</TagSet>`);
}

/** The characters that AWS allows in tags. */
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

function checkTags(tags: Tags): Tags {
  if (tags.length > 10) throw new S3Error(400, 'BadRequest', 'Object tags cannot be greater than 10');
  const keys = new Set<string>();
  for (const [key, value] of tags) {
    if (keys.has(key))
      throw new S3Error(400, 'InvalidTag', 'Cannot provide multiple Tags with the same key', { TagKey: key });
    if (key.length === 0 || key.length > 128 || key.startsWith('aws:') || !ALLOWED.test(key))
      throw new S3Error(400, 'InvalidTag', 'The TagKey you have provided is invalid', { TagKey: key });
    if (value.length > 256 || !ALLOWED.test(value))
      throw new S3Error(400, 'InvalidTag', 'The TagValue you have provided is invalid', { TagKey: key });
    keys.add(key);
  }
  return tags;
}
