import { PROBE_NAME, type Run } from '../../../statemachine/contract';
import { AccessDeniedError } from '../../../statemachine/errors';
import { needsHeads } from '../compare/compare';
import { isDenied } from '../listing/hidden-absence';
import type { BucketReader } from '../ports/bucket-reader';
import { StoreError } from '../ports/store-error';
import { DENIED_ACTION, type Denial, describeDenials } from './describe-denials';
import { findHeader } from './find-header';
import type { Probing } from './probing';

type Probe = Pick<Denial, 'actions' | 'side' | 'options'> & { attempt(): Promise<unknown> };

/**
 * Tries what the phases will do, by requests that change nothing: read an object and its tags, write, and delete, as far as the
 * phases do so. If something cannot be tried, because there is no object or S3 does not answer, it does not count as missing.
 *
 * @throws AccessDeniedError  names everything that is missing, and the policy that would allow it
 */
export async function probePermissions(probing: Probing): Promise<void> {
  const outcomes = await Promise.all([...listProbes(probing).map(tryOut), tryWrite(probing)]);
  const denials = outcomes.filter((outcome) => outcome !== undefined);
  if (denials.length > 0) throw new AccessDeniedError(describeDenials(probing.run, denials, probing.endpoint));
}

function listProbes({ run: { input }, phases, buckets, probes, samples, id }: Probing): Probe[] {
  const { source, destination } = samples;
  const copies = phases.filter(({ copy }) => copy);
  const writes = copies.some(({ write }) => write);
  const heads = copies.length > 0 && needsHeads(input.compare);
  // Other strategies work without checksums if the KMS key may not be used.
  const checksums = input.compare === 'checksum';
  const head = (side: 'source' | 'destination', key: string): Probe => ({
    actions: ['s3:GetObject'],
    side,
    attempt: () => headObject(buckets[side], key, checksums),
  });
  const list: Probe[] = [];
  if (source && writes && input.undo === undefined) {
    list.push({ actions: ['s3:GetObject'], side: 'source', attempt: () => probes.readObject(source.key) });
    if (input.tags === 'copy') {
      const attempt = () => buckets.source.readTags(source.key);
      list.push({ actions: ['s3:GetObjectTagging'], side: 'source', attempt });
    }
    if (input.archived === 'restore') {
      const keys = { absent: beside(source.key, id), there: source.key };
      const attempt = () => unlessHidden(buckets.source, keys, (key) => probes.restoreNothing(key));
      list.push({ actions: ['s3:RestoreObject'], side: 'source', attempt });
    }
  } else if (source && heads) {
    list.push(head('source', source.key));
  }
  if (destination && heads) list.push(head('destination', destination.key));
  if (destination && phases.some((phase) => phase.delete && phase.write)) {
    const keys = { absent: beside(destination.key, id), there: destination.key };
    const attempt = () => unlessHidden(buckets.destination, keys, (key) => probes.deleteNothing(key));
    // The condition, which keeps the request from deleting anything, requires the right to read.
    list.push({ actions: ['s3:DeleteObject', 's3:GetObject'], side: 'destination', attempt });
  }
  return list;
}

/** Begins an upload like that of a large copy, with tags, encryption and ACL, and aborts it. */
async function tryWrite(probing: Probing): Promise<Denial | undefined> {
  const { run, phases, buckets, samples, id } = probing;
  const { source } = samples;
  if (!source || !phases.some(({ copy, write }) => copy && write)) return undefined;
  const { input, settings } = run;
  const { uploads } = buckets.destination;
  const key = beside(source.key, id);
  const storageClass = input.storageClass === 'same' ? 'STANDARD' : input.storageClass;
  const create = (tags: readonly { name: string; value: string }[]) => async () => {
    const uploadId = await uploads.create({ key, attributes: { metadata: {} }, tags, storageClass });
    const attempt = () => uploads.abort(key, uploadId);
    aborted = await tryOut({ actions: ['s3:AbortMultipartUpload'], side: 'destination', attempt });
  };
  let aborted: Denial | undefined;
  const plain: Probe = {
    actions: ['s3:PutObject', ...(settings.acls ? ['s3:PutObjectAcl'] : [])],
    side: 'destination',
    attempt: create([]),
    options: optionsOf(input),
  };
  const withRemedy = async (denial: Denial | undefined) =>
    denial && { ...denial, remedy: await findHeader(probing, key, denial.error) };
  if (input.tags === 'ignore') return (await withRemedy(await tryOut(plain))) ?? aborted;
  const tagged = { ...plain, actions: ['s3:PutObjectTagging'], attempt: create([{ name: 'bucketsync', value: id }]) };
  const denied = await tryOut(tagged);
  return denied ? ((await withRemedy(await tryOut(plain))) ?? denied) : aborted;
}

async function tryOut({ attempt, ...probe }: Probe): Promise<Denial | undefined> {
  try {
    await attempt();
    return undefined;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const isUnknown = probe.options !== undefined && error.said?.status === 501;
    return stopsAll(error) || isUnknown ? { ...probe, error } : undefined;
  }
}

function optionsOf({ sse, storageClass }: Run['input']): string | undefined {
  const options = [sse && '`--sse`', storageClass !== 'same' && '`--storage-class`'].filter(Boolean);
  return options.length === 0 ? undefined : options.join(' or ');
}

/** Whether S3 would reject such requests throughout the run. */
function stopsAll({ reason, said }: StoreError): boolean {
  return reason === 'access-denied' || reason === 'key-unusable' || (reason === 'refused' && said?.status === 403);
}

/**
 * Tries a request about an absent key. If S3 hides that a key is absent, it may reject the request only because of that, which
 * says nothing about keys that exist. S3's message shows the difference, or HEAD requests of both keys do.
 */
async function unlessHidden(
  side: BucketReader,
  { absent, there }: { readonly absent: string; readonly there: string },
  attempt: (key: string) => Promise<void>,
): Promise<void> {
  try {
    await attempt(absent);
  } catch (error) {
    const [, action] = DENIED_ACTION.exec(error instanceof Error ? error.message : '') ?? [];
    if (action === 's3:ListBucket') return;
    if (action !== undefined || (await isDenied(side.headObject(there))) || !(await isDenied(side.headObject(absent))))
      throw error;
  }
}

/**
 * The answer to a HEAD has no body, so S3 does not say what is missing. If S3 rejects only the HEAD with checksums, the right to
 * use the KMS key is missing.
 */
async function headObject(side: BucketReader, key: string, checksums: boolean): Promise<void> {
  const { kmsKeyId } = await side.headObject(key);
  if (!checksums) return;
  await side.headObject(key, { checksums }).catch((error: unknown) => {
    const isDenied = error instanceof StoreError && error.reason === 'access-denied';
    throw isDenied && kmsKeyId ? new StoreError(error.reason, mayNotDecrypt(kmsKeyId), error) : error;
  });
}

/** In the words that S3 uses if an answer has a body. */
function mayNotDecrypt(keyArn: string): string {
  return `AccessDenied: not authorized to perform: kms:Decrypt on resource: ${keyArn} whose objects are asked for their checksums`;
}

/** A key in the same folder, because policies are often about folders. */
export function beside(key: string, id: string): string {
  return `${key.slice(0, key.lastIndexOf('/') + 1)}${PROBE_NAME}${id}`;
}
