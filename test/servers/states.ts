import { createHash } from 'node:crypto';
import { GetObjectCommand, GetObjectTaggingCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** What a copy should have of its source. */
export type State = Readonly<Record<string, unknown>>;

/** Every key of `keys`; one that cannot be read has an error instead. */
export async function readStates(
  s3: S3Client,
  bucket: string,
  keys: readonly string[],
  keepsTags: boolean,
): Promise<Map<string, State>> {
  const states = new Map<string, State>();
  for (const key of keys) {
    const state = await readState(s3, bucket, key, keepsTags).catch((error: Error) => ({ error: error.name }));
    states.set(key, state);
  }
  return states;
}

async function readState(s3: S3Client, Bucket: string, Key: string, keepsTags: boolean): Promise<State> {
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key }));
  // As a reader does, who checks the checksum.
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const content = (await Body?.transformToByteArray()) ?? new Uint8Array();
  const { TagSet = [] } = keepsTags ? await s3.send(new GetObjectTaggingCommand({ Bucket, Key })) : {};
  return {
    content: createHash('sha256').update(content).digest('hex'),
    etag: head.ETag?.replaceAll('"', ''),
    contentType: head.ContentType,
    cacheControl: head.CacheControl,
    contentDisposition: head.ContentDisposition,
    contentEncoding: head.ContentEncoding,
    contentLanguage: head.ContentLanguage,
    expires: head.ExpiresString,
    redirect: head.WebsiteRedirectLocation,
    storageClass: head.StorageClass ?? 'STANDARD',
    // Some servers send headers in any order.
    metadata: Object.entries(head.Metadata ?? {}).sort(),
    tags: TagSet.map(({ Key, Value }) => `${Key}=${Value}`).sort(),
  };
}

/** What differs of each key: names of fields. */
export function compareStates(
  source: ReadonlyMap<string, State>,
  destination: ReadonlyMap<string, State>,
): Record<string, string[]> {
  const differs: Record<string, string[]> = {};
  for (const [key, wanted] of source) {
    const found: State = destination.get(key) ?? { error: 'missing' };
    const fields = Object.keys(found.error ? found : wanted);
    const unequal = fields.filter((field) => JSON.stringify(wanted[field]) !== JSON.stringify(found[field]));
    if (unequal.length > 0) differs[key] = found.error ? [`${found.error}`] : unequal;
  }
  return differs;
}
