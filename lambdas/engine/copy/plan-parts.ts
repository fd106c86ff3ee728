import { MULTIPART_LIMITS } from '../../../statemachine/budgets';
import type { RangeInput } from '../../../statemachine/contract';
import type { Send } from '../concurrency/send';
import type { Surcharges } from '../cost/surcharges';
import type { ListedObject, ObjectHead } from '../ports/bucket-reader';
import type { Buckets } from '../ports/bucket-writer';
import type { KnownLacks } from '../ports/known-lacks';
import type { MultipartLimits } from '../ports/object-uploads';
import { StoreError, UnsupportedError } from '../ports/store-error';
import type { BegunUploads } from './begun-uploads';
import type { Job } from './copy-job';
import { fewestLayout, partLayout } from './part-layout';
import { planStream } from './plan-stream';
import { HIDDEN_TAGS } from './too-large';

/** What a plan needs of its Task. */
interface PlanTask {
  readonly input: RangeInput;
  readonly buckets: Buckets;
  readonly lacks: KnownLacks | undefined;
  readonly multipart: MultipartLimits;
  readonly surcharges: Surcharges;
}

/** What is to be copied in parts. */
export interface PartsWish extends Pick<Job, 'version' | 'after' | 'destination'> {
  /** What HeadObject says of the version, if that is known. */
  readonly head: ObjectHead | undefined;
  /** Absent: the parts that the source has, or those of an earlier round. */
  readonly partBytes: number | undefined;
}

const HIDDEN_METADATA =
  'The source object has user metadata that S3 does not show (x-amz-missing-meta), and it is too large for CopyObject, the ' +
  'only request that would carry it over: give it metadata of printable characters, or leave it out with `exclude`';

/** @returns undefined if one CopyObject is enough */
export async function planParts(
  task: PlanTask,
  uploads: BegunUploads,
  { version, after, destination, head, partBytes: wanted }: PartsWish,
  send: Send,
): Promise<Job | undefined> {
  const { source, streams } = task.buckets;
  // Both HEADs may show a newer version. S3 rejects a part or a copy of any version but the listed one, by its ETag.
  const isFewest = task.input.run.input.parts === 'fewest';
  const [known, first, begun] = await Promise.all([
    headOf(task, version, head, send),
    isFewest
      ? { sizeBytes: version.sizeBytes }
      : send(() => source.headPart(version.key, 1, { checksums: streams === true })),
    wanted === undefined ? uploads.find(version, send) : undefined,
  ]);
  const partBytes = wanted ?? begun?.partBytes;
  task.surcharges.asked(version, isFewest ? 1 : 2);
  if (known.attributes.hiddenMetadata !== undefined) {
    if (streams || version.sizeBytes > MULTIPART_LIMITS.maxCopyBytes)
      throw new StoreError('hidden-metadata', HIDDEN_METADATA);
    return undefined;
  }
  if (task.lacks?.has('tagging') && known.tagCount > 0) throw new UnsupportedError(HIDDEN_TAGS);
  const copied = new Map(begun?.parts.map(({ part, sizeBytes }) => [part, sizeBytes]));
  // Reading a part twice costs more than asking for the sizes of all parts.
  const provable = !streams && !known.opaqueETag && !begun?.corrected;
  const [layout, tags] = await Promise.all([
    isFewest || partBytes !== undefined
      ? fewestLayout(version.sizeBytes, task.multipart)
      : partLayout(version, { first, copied, provable }, source, task.multipart, send),
    // Tags are read after the headers. The headers are checked again once the upload has begun, and must not be newer than
    // the tags.
    begun ? undefined : uploads.readTags(version.key, send),
  ]);
  const checksum = task.lacks?.has('uploadChecksums') ? undefined : version.checksum;
  const job = {
    ...{ version: { ...version, checksum }, after, head: known },
    ...{ first, tags, destination, begun },
  };
  const { lacks, multipart: limits } = task;
  if (streams) return planStream(job, layout, { isFewest, lacks, limits, partBytes });
  return layout && { ...job, layout };
}

/** If a server other than AWS makes an object of parts, its checksum is compared with the source's. */
async function headOf(
  task: PlanTask,
  { key }: ListedObject,
  head: ObjectHead | undefined,
  send: Send,
): Promise<ObjectHead> {
  const { source, streams } = task.buckets;
  if (!task.lacks && !streams) return head ?? send(() => source.headObject(key));
  if (head && Object.keys(head.checksums).length > 0) return head;
  return send(() => source.headObject(key, { checksums: true }));
}
