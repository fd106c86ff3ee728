import { createHash } from 'node:crypto';
import { type Bucket, type S3Server, startS3, syntheticBody } from '../../local/s3';
import { answerParent } from '../frame/child';

export const BUCKET = 'data';
export const KEY = 'archives/backup.tar';

const MIB = 1024 ** 2;
/** As aws-cli cuts by default. */
const PART_BYTES = 8 * MIB;
/** Fits into a part a whole number of times, so that each part has the same digest. */
const PATTERN = '16 bytes, again\n';

/** Asks for a server whose bucket has one object with this many parts of 8 MiB, or none. The answer is the endpoint. */
export interface Begin {
  readonly parts: number;
}

/** What the bucket holds, and what the server took, if no `Begin` is asked for. */
export interface Seen {
  readonly eTag: string | undefined;
  readonly sizeBytes: number;
  readonly cpuMs: number;
}

let server: S3Server | undefined;

async function serve({ parts }: Begin): Promise<Pick<S3Server, 'endpoint'>> {
  server = await startS3({ credentials: 'any' });
  const bucket = server.createBucket(BUCKET);
  if (parts > 0) putLarge(bucket, parts);
  else server.onRequest = () => void forgetContent(bucket);
  return { endpoint: server.endpoint };
}

function putLarge(bucket: Bucket, count: number): void {
  const partDigest = Buffer.from(syntheticBody(PART_BYTES, PATTERN).md5(), 'hex');
  const hash = createHash('md5');
  for (let part = 0; part < count; part++) hash.update(partDigest);
  bucket.put(KEY, syntheticBody(count * PART_BYTES, PATTERN), {
    eTag: `${hash.digest('hex')}-${count}`,
    parts: Array.from({ length: count }, (_, index) => ({ partNumber: index + 1, sizeBytes: PART_BYTES })),
    checksum: { algorithm: 'SHA256', type: 'COMPOSITE' }, // none that anybody has to compute
    lastModified: new Date(0),
  });
}

/** Parts that came are known by their ETags; what they hold need not be kept in memory. */
function forgetContent({ uploads }: Bucket): undefined {
  for (const { parts } of uploads.values()) {
    for (const [number, part] of parts) {
      if (!kept.has(part.eTag)) kept.set(part.eTag, syntheticBody(part.body.length, PATTERN));
      const body = kept.get(part.eTag) ?? part.body;
      if (part.body !== body) parts.set(number, { ...part, body });
    }
  }
}
const kept = new Map<string, ReturnType<typeof syntheticBody>>();

async function tell(): Promise<Seen> {
  const object = server?.bucket(BUCKET).get(KEY);
  const { user, system } = process.cpuUsage();
  return { eTag: object?.eTag, sizeBytes: object?.body.length ?? 0, cpuMs: (user + system) / 1000 };
}

answerParent<Begin | Record<string, never>>((question) => ('parts' in question ? serve(question as Begin) : tell()));
