import * as z from 'zod';
import { MAX_INPUT_BYTES } from '../budgets';
import { InvalidInputError } from '../errors';
import { printable } from '../printable';
import { RESERVED_FOLDER } from '../reserved-folder';
import { BYTE_SIZE, parseByteSize } from './byte-size';
import { formatValue, inputError } from './describe-issues';
import { hasForeignPattern, isFolder, isRooted } from './glob-refusals';
import { MOMENT, parseMoment } from './moment';
import { refuseEmptyWindows } from './refuse-empty-windows';

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

/** What a list page may show, besides: nothing new is stored in it. */
const LISTED_CLASSES = [...STORAGE_CLASSES, 'REDUCED_REDUNDANCY'] as const;

export const ENCRYPTIONS = ['AES256', 'aws:kms', 'aws:kms:dsse'] as const;

/** What a name may be today, and what it could be in us-east-1 until 2018: such buckets are reached by paths, as no host has such a name. */
const NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const LEGACY_NAME = /^(?=.*[A-Z_]|.{64})[\w.-]{3,255}$/;

export const bucketName = z
  .string()
  .refine(
    (name) => NAME.test(name) || LEGACY_NAME.test(name),
    'the name of a bucket (3 to 63 of a-z, 0-9, "-" and "."; an old one may have A-Z and "_", and 255 characters)',
  )
  .refine((name) => !name.includes('..'), 'the name of a bucket (no two dots in a row)')
  .refine(
    (name) => !/(-s3alias|--ol-s3)$/.test(name),
    "a bucket's own name (that of an access point does not tell which bucket is behind it, which may be the other one)",
  )
  .refine(
    (name) => !name.endsWith('--x-s3'),
    'a general purpose bucket: a directory bucket lists its keys in no order, so it cannot be mirrored',
  );

const MAX_KEY_BYTES = 1024;
const key = z
  .string()
  .refine((value) => value.isWellFormed(), 'text without lone surrogates')
  .refine((value) => Buffer.byteLength(value) <= MAX_KEY_BYTES, `at most ${MAX_KEY_BYTES} bytes of UTF-8`);

/** A prefix names a folder: `site` means `site/`, so that a mirror of `site` never touches `site-archive/`. */
export const folder = key.transform((prefix) => (prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`));
const mirroredFolder = folder.refine(
  (prefix) => !prefix.startsWith(RESERVED_FOLDER),
  `a folder outside of "${RESERVED_FOLDER}", which bucketsync keeps for itself`,
);

/** What other tools read in a way of their own must not silently mean something else here. */
const globs = z.array(
  z
    .string()
    .min(1, 'a glob of at least one character')
    .max(1024, 'a glob of at most 1,024 characters')
    .refine(
      (glob) => !hasForeignPattern(glob),
      'a glob without extended patterns like "!(a)", ranges like "{1..3}" and classes like "[[:digit:]]" (name what is meant, or put "\\" before the bracket)',
    )
    .refine(
      (glob) => !isFolder(glob),
      'a glob that does not end in "/" (all in a folder is "folder/**", the object "folder/" alone is "folder\\/")',
    )
    .refine(
      (glob) => !isRooted(glob),
      'a glob that does not begin with "/" (keys are relative; where one does begin with "/", write "\\/...")',
    ),
);
export const accountId = z.string().regex(/^\d{12}$/, 'an AWS account id of 12 digits');

/** An id alone would be looked up in the account of whoever runs the mirror. */
export const kmsKeyArn = z
  .string()
  .regex(/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/, 'the ARN of a KMS key, arn:aws:kms:region:account:key/id');

const byteSize = z.union([z.number(), z.string()], BYTE_SIZE).transform((size, context) => {
  const bytes = parseByteSize(size);
  if (bytes !== undefined) return bytes;
  context.addIssue({ code: 'custom', message: BYTE_SIZE, input: size });
  return z.NEVER;
});

/** It stays as it is written: a duration is counted from when a run begins. */
const moment = z.string().refine((text) => parseMoment(text) !== undefined, MOMENT);

const DELETE_LIMIT = 'a count of 0 or more, or a percentage from "0%" to "100%"';
const deleteLimit = z.union([z.number(), z.string()], DELETE_LIMIT).refine(isDeleteLimit, DELETE_LIMIT);

function isDeleteLimit(limit: number | string): boolean {
  if (typeof limit === 'number') return Number.isSafeInteger(limit) && limit >= 0;
  return /^\d{1,3}(\.\d+)?%$/.test(limit) && Number.parseFloat(limit) <= 100;
}

/** An execution's name, which is part of a report's place. */
const runId = z
  .string()
  .regex(/^(?!\.{1,2}$)[^\s/\\]{1,80}$/, 'the id of a run')
  .refine((id) => printable(id) === id, 'the id of a run, without characters that cannot be shown');

/** The execution input, field by field: this is the one place that holds the defaults. */
export const syncInputSchema = z.strictObject({
  source: bucketName.describe('bucket that is read; it is never written to'),
  destination: bucketName.describe('bucket that is made equal to the source'),
  prefix: mirroredFolder.default('').describe('folder of the source to mirror'),
  destinationPrefix: mirroredFolder.optional().describe('folder at the destination (default: prefix)'),
  startAfter: key.optional().describe('leave everything up to and including this relative key alone'),
  include: globs.default([]).describe('globs on the relative key; only what matches one is mirrored'),
  exclude: globs.default([]).describe('globs on the relative key; what matches one is neither copied nor deleted'),
  minSize: byteSize.optional().describe('leave out objects of fewer bytes, such as "5MiB"'),
  maxSize: byteSize.optional().describe('leave out objects of more bytes'),
  newerThan: moment
    .optional()
    .describe('leave out what was last modified before then: a date, or a duration like "7d"'),
  olderThan: moment.optional().describe('leave out what was last modified then or later'),
  storageClasses: z.array(z.enum(LISTED_CLASSES)).default([]).describe('leave out objects of any other storage class'),
  compare: z.enum(COMPARE_STRATEGIES).default('auto').describe('how to tell whether an object changed'),
  delete: z.boolean().default(true).describe('delete what the source does not have'),
  maxDeletes: deleteLimit.optional().describe('fail before any delete if there would be more (a count, or "10%")'),
  proof: z
    .enum(['list', 'head'])
    .optional()
    .describe('what shows that the source lacks a key before it is deleted (default: list on AWS, head elsewhere)'),
  allowEmptySource: z.boolean().default(false).describe('let an empty source empty the destination'),
  mode: z.enum(['mirror', 'publish']).default('mirror').describe('publish: assets first, then pages, then deletes'),
  dryRun: z.boolean().default(false).describe('decide and report, write nothing'),
  verify: z.boolean().default(false).describe('compare again at the end and fail on any difference'),
  tags: z.enum(['copy', 'ignore']).default('copy').describe('carry object tags over, or leave them behind'),
  storageClass: z
    .enum(['same', ...STORAGE_CLASSES])
    .default('same')
    .describe('storage class of what is copied'),
  archived: z
    .enum(['fail', 'skip', 'restore'])
    .default('fail')
    .describe('what to do about archived objects of the source; restore: ask S3 to, and copy them in a later run'),
  restoreTier: z
    .enum(['Bulk', 'Standard', 'Expedited'])
    .default('Bulk')
    .describe('how fast S3 restores them, and for how much'),
  restoreDays: z.int().min(1).max(3650).default(7).describe('days for which S3 keeps what it has restored'),
  parts: z
    .enum(['same', 'fewest'])
    .default('same')
    .describe(
      'parts of copies: those of the source, so that ETags stay equal, or as few as S3 allows, which costs least',
    ),
  sse: z
    .enum(ENCRYPTIONS)
    .optional()
    .describe("server-side encryption of what is copied (default: the destination bucket's own)"),
  sseKmsKeyId: kmsKeyArn.optional().describe("ARN of the KMS key to encrypt with, in the destination's region"),
  acl: z
    .enum(['auto', 'bucket-owner-full-control', 'none'])
    .default('auto')
    .describe(
      'ACL of what is copied (auto: bucket-owner-full-control where the bucket uses ACLs or a policy demands it)',
    ),
  requestPayer: z
    .enum(['requester'])
    .optional()
    .describe('accept that the requester pays, for buckets that ask for it, at the source or the destination'),
  conditional: z.boolean().default(false).describe('write only over what was listed (If-Match, If-None-Match)'),
  lock: z
    .enum(['destination', 'reports', 'none'])
    .default('destination')
    .describe('where the lock is kept: only in the destination do all runs see it'),
  maxConcurrency: z.int().min(1).max(1000).default(100).describe('ranges that run at the same time'),
  requestConcurrency: z.int().min(1).max(1000).default(256).describe('requests that one range keeps open at most'),
  retry: runId.optional().describe('id of a run: do only what failed in it'),
  sourceOwner: accountId.optional().describe('account that must own the source bucket'),
  destinationOwner: accountId.optional().describe('account that must own the destination bucket'),
});

/** What a user may write: everything but the two buckets has a default. */
export type SyncRequest = z.input<typeof syncInputSchema>;

/** The same with every default filled in. */
export interface SyncInput extends z.output<typeof syncInputSchema> {
  readonly destinationPrefix: string;
}

/** Whether two buckets are at different places, so that they are not one even if their names are equal. */
export type IsApart = (source: string, destination: string) => boolean;

/**
 * Turns what somebody typed into a `SyncInput`.
 *
 * @param isApart  by default they are not: names of buckets are unique
 * @throws InvalidInputError  one sentence that names the field, what it got and what it wants
 */
export function parseSyncInput(value: unknown, isApart: IsApart = () => false): SyncInput {
  const parsed = syncInputSchema.safeParse(value, { reportInput: true });
  if (!parsed.success) throw inputError(parsed.error, Object.keys(syncInputSchema.shape));
  const input = { ...parsed.data, destinationPrefix: parsed.data.destinationPrefix ?? parsed.data.prefix };
  refuseLongInput(input);
  if (!isApart(input.source, input.destination)) refuseOverlap(input);
  refuseStrayKey(input);
  refuseSharesOfRetries(input);
  refuseEndlessDrift(input);
  refuseEndlessCopies(input);
  refuseEmptyWindows(input);
  refuseWaitingAssets(input);
  return input;
}

/**
 * Checks what an execution of a deployed state machine may leave open: all of it.
 *
 * @returns only the fields that were given
 * @throws InvalidInputError
 */
export function parseGivenFields(value: unknown): Partial<SyncInput> {
  const parsed = syncInputSchema.partial().safeParse(value, { reportInput: true });
  if (!parsed.success) throw inputError(parsed.error, Object.keys(syncInputSchema.shape));
  return Object.fromEntries(Object.entries(parsed.data).filter(([field]) => field in (value as object)));
}

/** @throws InvalidInputError */
export function parseRunId(text: string): string {
  if (runId.safeParse(text).success) return text;
  throw new InvalidInputError(`Expected the id of a run, got "${text}"`);
}

/** @throws InvalidInputError */
export function refuseLongInput(input: object): void {
  const bytes = Buffer.byteLength(JSON.stringify(input));
  if (bytes <= MAX_INPUT_BYTES) return;
  throw new InvalidInputError(
    `Expected the input to be at most ${MAX_INPUT_BYTES} bytes of JSON, got ${bytes}: an execution's state has no room for more. ` +
      'Let `include` and `exclude` name folders, or kinds of keys, instead of single keys',
  );
}

/** A retry does not list the whole destination, so there is nothing that a percentage could be of. */
function refuseSharesOfRetries({ retry, maxDeletes }: SyncInput): void {
  if (retry === undefined || typeof maxDeletes !== 'string') return;
  throw new InvalidInputError(
    `Expected \`maxDeletes\` to be a count where \`retry\` is given, got ${formatValue(maxDeletes)}`,
    { field: 'maxDeletes' },
  );
}

/** To `always` everything differs, so it cannot tell that both sides are equal. */
function refuseEndlessDrift({ compare, verify, dryRun }: SyncInput): void {
  if (compare !== 'always' || !verify || dryRun) return;
  throw new InvalidInputError(
    `Expected \`compare\` to be a strategy that can find both sides equal where \`verify\` is given, got ${formatValue(compare)}`,
    { field: 'compare' },
  );
}

/** A copy in other parts has another ETag. */
function refuseEndlessCopies({ compare, parts }: SyncInput): void {
  if (compare !== 'etag' || parts !== 'fewest') return;
  throw new InvalidInputError(
    `Expected \`compare\` to be a strategy that does not go by ETags alone where \`parts\` is "fewest", got ${formatValue(compare)}: ` +
      'it would copy what was uploaded in parts again in every run. Use "auto"',
    { field: 'compare' },
  );
}

/** No page may be published before what it links to. */
function refuseWaitingAssets({ mode, archived }: SyncInput): void {
  if (mode !== 'publish' || archived !== 'restore') return;
  throw new InvalidInputError(
    `Expected \`archived\` to be "fail" or "skip" where \`mode\` is "publish", got ${formatValue(archived)}: pages would be copied ` +
      'while what they link to waits for S3. Use "mirror"',
    { field: 'archived' },
  );
}

function refuseStrayKey({ sse, sseKmsKeyId }: SyncInput): void {
  if (sseKmsKeyId === undefined || (sse !== undefined && sse !== 'AES256')) return;
  throw new InvalidInputError(
    `Expected \`sse\` to be "aws:kms" or "aws:kms:dsse" where \`sseKmsKeyId\` is given, got ${formatValue(sse)}`,
    { field: 'sse' },
  );
}

function refuseOverlap({ source, destination, prefix, destinationPrefix }: SyncInput): void {
  if (source !== destination) return;
  if (!prefix.startsWith(destinationPrefix) && !destinationPrefix.startsWith(prefix)) return;
  throw new InvalidInputError(
    `Expected \`destination\` to be another bucket, or another folder of it: s3://${source}/${prefix} and ` +
      `s3://${destination}/${destinationPrefix} overlap, so the mirror would copy into or delete from its own source`,
    { field: 'destination' },
  );
}
