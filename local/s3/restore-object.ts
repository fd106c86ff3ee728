import { type Answer, type Call, versionHeader } from './call';
import { verifyBody } from './checksums';
import { invalidArgument, malformedXml, S3Error } from './errors';
import { isArchiveClass, isArchived, type ObjectVersion } from './object-version';
import { children, childText, parseXml } from './xml';

const TIERS = ['Standard', 'Bulk', 'Expedited'];
const DAY_MS = 86_400_000;

/** Begins a restore. It lasts until a test ends it by setting the version's `restore`. */
export async function restoreObject(call: Call): Promise<Answer> {
  const { bytes, body, headers } = await call.readBody();
  await verifyBody(headers, body);
  const version = call.bucket.find(call.key, call.query.get('versionId') ?? undefined);
  const days = readRequest(bytes, version);
  if (!isArchiveClass(version.storageClass)) {
    throw new S3Error(403, 'InvalidObjectState', "Restore is not allowed for the object's current storage class", {
      StorageClass: version.storageClass,
    });
  }
  if (version.restore?.ongoing)
    throw new S3Error(409, 'RestoreAlreadyInProgress', 'Object restore is already in progress');
  const isThere = !isArchived(version);
  const expires = new Date(call.state.now().getTime() + days * DAY_MS);
  version.restore = isThere ? { ongoing: false, expires } : { ongoing: true };
  return { status: isThere ? 200 : 202, headers: versionHeader(call.bucket, version.versionId) };
}

/** @returns days @throws S3Error MalformedXML, InvalidArgument */
function readRequest(bytes: Buffer, { storageClass }: ObjectVersion): number {
  const request = parseXml(bytes, 'RestoreRequest');
  const [job] = children(request, 'GlacierJobParameters');
  const tier = (job && childText(job, 'Tier')) ?? 'Standard';
  if (!TIERS.includes(tier)) throw malformedXml();
  if (tier === 'Expedited' && storageClass === 'DEEP_ARCHIVE')
    throw invalidArgument('Expedited retrievals are not supported for this storage class', 'Tier', tier);
  const days = Number(childText(request, 'Days'));
  if (!Number.isInteger(days) || days < 1) throw malformedXml();
  return days;
}
