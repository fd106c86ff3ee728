import * as z from 'zod';
import {
  accountId,
  bucketName,
  byteSize,
  costLimit,
  deleteLimit,
  duration,
  globs,
  key,
  keyList,
  kmsKeyArn,
  mirroredFolder,
  moment,
  runId,
} from './field-types';
import { invalidateSchema } from './invalidate-schema';

export const COMPARE_STRATEGIES = ['auto', 'size', 'etag', 'size-and-time', 'metadata', 'checksum', 'always'] as const;
export const STORAGE_CLASSES = [
  'STANDARD',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'GLACIER',
  'DEEP_ARCHIVE',
] as const;

/** Classes that list pages may show although S3 stores nothing new in them. */
const LISTED_CLASSES = [...STORAGE_CLASSES, 'REDUCED_REDUNDANCY'] as const;

export const ENCRYPTIONS = ['AES256', 'aws:kms', 'aws:kms:dsse'] as const;

/** Each step has the globs of all later ones in the state of an execution. */
const MOST_STEPS = 10;
const ORDER_CHARACTERS = 1024;

/** The execution input, field by field. This is the only place with the defaults. */
export const syncInputSchema = z.strictObject({
  source: bucketName.describe('bucket to read; the run never writes to it'),
  destination: bucketName.describe('bucket to make equal to the source'),
  prefix: mirroredFolder.default('').describe('folder of the source to mirror'),
  destinationPrefix: mirroredFolder.optional().describe('folder at the destination (default: prefix)'),
  startAfter: key.optional().describe('ignore all keys up to and including this relative key'),
  include: globs.default([]).describe('globs for relative keys; mirror only keys that match one'),
  exclude: globs.default([]).describe('globs for relative keys; neither copy nor delete keys that match one'),
  minSize: byteSize.optional().describe('leave out smaller objects; a size such as "5MiB"'),
  maxSize: byteSize.optional().describe('leave out larger objects'),
  newerThan: moment
    .optional()
    .describe('leave out objects last modified before this time: a date, or a duration like "7d"'),
  olderThan: moment.optional().describe('leave out objects last modified at this time or later'),
  storageClasses: z.array(z.enum(LISTED_CLASSES)).default([]).describe('leave out objects of other storage classes'),
  compare: z.enum(COMPARE_STRATEGIES).default('auto').describe('how to decide whether an object has changed'),
  delete: z.boolean().default(true).describe('delete objects that the source does not have'),
  deleteAfter: duration
    .optional()
    .describe(
      'delete an object only if the source has not had it for so long; a duration like "7d" (default: at once)',
    ),
  maxDeletes: deleteLimit
    .optional()
    .describe(
      'fail before the first write if there would be more deletes (a count, or "10%"; default: 100 objects, or "50%" if that is more)',
    ),
  maxOverwrites: deleteLimit
    .optional()
    .describe('fail before the first write if copies would replace more objects (a count, or "10%")'),
  maxCost: costLimit.optional().describe('fail before the first write if the run would cost more US dollars'),
  plan: z
    .boolean()
    .optional()
    .describe('decide about all objects before the first write (default: bucketsync chooses)'),
  strict: z
    .boolean()
    .default(false)
    .describe('fail if a glob or the folder matches nothing, or if everything is left out'),
  proof: z
    .enum(['list', 'head'])
    .optional()
    .describe('how to prove that the source lacks a key before it is deleted (default: list on AWS, head elsewhere)'),
  allowEmptySource: z.boolean().default(false).describe('allow an empty source to empty the destination'),
  mode: z.enum(['mirror', 'publish']).default('mirror').describe('publish: assets first, then pages, then deletes'),
  order: globs
    .max(MOST_STEPS, `at most ${MOST_STEPS} globs: each is one more step of the run`)
    .refine(
      (order) => order.join('').length <= ORDER_CHARACTERS,
      `globs of at most ${ORDER_CHARACTERS} characters together`,
    )
    .refine((order) => new Set(order).size === order.length, 'each glob once')
    .default([])
    .describe('globs for relative keys that are copied last, one after the other, before anything is deleted'),
  invalidate: invalidateSchema
    .optional()
    .describe('a CloudFront distribution, and what to tell it of what has changed'),
  dryRun: z.boolean().default(false).describe('decide and report, write nothing'),
  verify: z.boolean().default(false).describe('compare again at the end, and fail if anything differs'),
  tags: z.enum(['copy', 'ignore']).default('copy').describe('copy object tags, or leave them out'),
  storageClass: z
    .enum(['same', ...STORAGE_CLASSES])
    .default('same')
    .describe('storage class of copies'),
  archived: z
    .enum(['fail', 'skip', 'restore'])
    .default('fail')
    .describe(
      'what to do with archived objects of the source; restore: ask S3 to restore them, and copy them in a later run',
    ),
  restoreTier: z
    .enum(['Bulk', 'Standard', 'Expedited'])
    .default('Bulk')
    .describe('how fast S3 restores archived objects, and at what price'),
  restoreDays: z.int().min(1).max(3650).default(7).describe('days for which S3 keeps a restored object'),
  parts: z
    .enum(['same', 'fewest'])
    .default('same')
    .describe(
      "parts of copies: the source's parts, so that ETags stay equal, or as few as S3 allows, which costs least",
    ),
  sse: z
    .enum(ENCRYPTIONS)
    .optional()
    .describe("server-side encryption of copies (default: the destination bucket's own)"),
  sseKmsKeyId: kmsKeyArn.optional().describe("ARN of the KMS key to encrypt with, in the destination's region"),
  acl: z
    .enum(['auto', 'bucket-owner-full-control', 'none'])
    .default('auto')
    .describe('ACL of copies (auto: bucket-owner-full-control if the bucket uses ACLs or a policy requires it)'),
  requestPayer: z
    .enum(['requester'])
    .optional()
    .describe('agree to pay for requests to Requester Pays buckets, at the source or the destination'),
  conditional: z
    .boolean()
    .default(false)
    .describe('overwrite only the listed version of an object (If-Match, If-None-Match)'),
  lock: z
    .enum(['destination', 'reports', 'none'])
    .default('destination')
    .describe('where to keep the lock: only in the destination do all runs see it'),
  maxConcurrency: z.int().min(1).max(1000).default(100).describe('number of ranges that run at the same time'),
  requestConcurrency: z.int().min(1).max(1000).default(256).describe('maximum number of open requests of one range'),
  retry: runId.optional().describe('id of a run: process only the objects that failed in it'),
  keys: keyList.optional().describe('list of keys, s3://bucket/key or a file: process only these keys'),
  apply: runId
    .optional()
    .describe(
      'id of a plan that wrote nothing, or its beginning: do exactly what it says, and leave alone what has changed since',
    ),
  undo: runId
    .optional()
    .describe(
      'id of a run, or its beginning: bring back what it replaced, deleted or added. Requires versioning at the destination',
    ),
  hold: z.boolean().default(true).describe('keep later runs from the destination after an undo, until it is released'),
  sourceOwner: accountId.optional().describe('account that must own the source bucket'),
  destinationOwner: accountId.optional().describe('account that must own the destination bucket'),
});

/** All fields, and the parts of those that are objects. */
export const FIELDS = [
  ...Object.keys(syncInputSchema.shape),
  ...Object.keys(invalidateSchema.shape).map((part) => `invalidate.${part}`),
];

/** What a user may write. Everything except the two buckets has a default. */
export type SyncRequest = z.input<typeof syncInputSchema>;

/** The same with every default filled in. */
export interface SyncInput extends z.output<typeof syncInputSchema> {
  readonly destinationPrefix: string;
}

/** Whether two buckets are in different places, so that they are different buckets even if their names are equal. */
export type IsApart = (source: string, destination: string) => boolean;
