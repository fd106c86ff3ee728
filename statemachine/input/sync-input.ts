import * as z from 'zod';
import { formatS3Url } from '../../wording/s3-url';
import { MAX_INPUT_BYTES } from '../budgets';
import { InvalidInputError } from '../errors';
import { printable } from '../printable';
import { RESERVED_FOLDER } from '../reserved-folder';
import { BYTE_SIZE, parseByteSize } from './byte-size';
import { formatValue, inputError } from './describe-issues';
import { hasForeignPattern, isFolder, isRooted } from './glob-refusals';
import { invalidateSchema } from './invalidate-schema';
import { DURATION, MOMENT, parseDuration, parseMoment } from './moment';
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

/** Classes that list pages may show although S3 stores nothing new in them. */
const LISTED_CLASSES = [...STORAGE_CLASSES, 'REDUCED_REDUNDANCY'] as const;

export const ENCRYPTIONS = ['AES256', 'aws:kms', 'aws:kms:dsse'] as const;

/** Bucket names of today, and of us-east-1 until 2018. No host can have such an old name, so requests put it into the path. */
const NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const LEGACY_NAME = /^(?=.*[A-Z_]|.{64})[\w.-]{3,255}$/;

export const bucketName = z
  .string()
  .refine(
    (name) => NAME.test(name) || LEGACY_NAME.test(name),
    'the name of a bucket (3 to 63 characters of a-z, 0-9, "-" and "."; an old name may have A-Z and "_", and 255 characters)',
  )
  .refine((name) => !name.includes('..'), 'the name of a bucket (no two dots in a row)')
  .refine(
    (name) => !/(-s3alias|--ol-s3)$/.test(name),
    "the bucket's own name (the name of an access point does not tell its bucket, which may be the other side's)",
  )
  .refine(
    (name) => !name.endsWith('--x-s3'),
    'a general purpose bucket: a directory bucket does not list its keys in order, so it cannot be mirrored',
  );

const MAX_KEY_BYTES = 1024;
const key = z
  .string()
  .refine((value) => value.isWellFormed(), 'text without lone surrogates')
  .refine((value) => Buffer.byteLength(value) <= MAX_KEY_BYTES, `at most ${MAX_KEY_BYTES} bytes of UTF-8`);

/** A prefix is a folder: `site` means `site/`, so that a mirror of `site` never touches `site-archive/`. */
export const folder = key.transform((prefix) => (prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`));
const mirroredFolder = folder.refine(
  (prefix) => !prefix.startsWith(RESERVED_FOLDER),
  `a folder outside of "${RESERVED_FOLDER}", which bucketsync reserves for itself`,
);

/** Rejects globs that other tools interpret differently. */
const globs = z.array(
  z
    .string()
    .min(1, 'a glob of at least one character')
    .max(1024, 'a glob of at most 1,024 characters')
    .refine(
      (glob) => !hasForeignPattern(glob),
      'a glob without extended patterns like "!(a)", ranges like "{1..3}" and classes like "[[:digit:]]" (list the alternatives, or put "\\" before the bracket)',
    )
    .refine(
      (glob) => !isFolder(glob),
      'a glob that does not end in "/" ("folder/**" means everything in a folder, "folder\\/" only the object "folder/")',
    )
    .refine(
      (glob) => !isRooted(glob),
      'a glob that does not begin with "/" (keys are relative; if a key does begin with "/", write "\\/...")',
    ),
);

/** Each step has the globs of all later ones in the state of an execution. */
const MOST_STEPS = 10;
const ORDER_CHARACTERS = 1024;

export const accountId = z.string().regex(/^\d{12}$/, 'an AWS account id of 12 digits');

/** Without an ARN, KMS would look for the id in the account that runs the mirror. */
export const kmsKeyArn = z
  .string()
  .regex(/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/, 'the ARN of a KMS key, arn:aws:kms:region:account:key/id');

const byteSize = z.union([z.number(), z.string()], BYTE_SIZE).transform((size, context) => {
  const bytes = parseByteSize(size);
  if (bytes !== undefined) return bytes;
  context.addIssue({ code: 'custom', message: BYTE_SIZE, input: size });
  return z.NEVER;
});

/** It stays as written: a duration counts from the beginning of a run. */
const moment = z.string().refine((text) => parseMoment(text) !== undefined, MOMENT);

const duration = z.string().refine((text) => parseDuration(text) !== undefined, DURATION);

const DELETE_LIMIT = 'a count of 0 or more, or a percentage from "0%" to "100%"';
const deleteLimit = z.union([z.number(), z.string()], DELETE_LIMIT).refine(isDeleteLimit, DELETE_LIMIT);

function isDeleteLimit(limit: number | string): boolean {
  if (typeof limit === 'number') return Number.isSafeInteger(limit) && limit >= 0;
  return /^\d{1,3}(\.\d+)?%$/.test(limit) && Number.parseFloat(limit) <= 100;
}

const costLimit = z.number().refine((usd) => usd > 0, 'an amount of US dollars above 0');

/** An execution's name. It is part of the report's location. */
const runId = z
  .string()
  .regex(/^(?!\.{1,2}$)[^\s/\\]{1,80}$/, 'the id of a run')
  .refine((id) => printable(id) === id, 'the id of a run, without characters that cannot be shown');

const KEY_LIST = 'the place of a list of keys: s3://bucket/key, or a file of this machine (file:///path)';
const keyList = z
  .string()
  .refine((place) => /^s3:\/\/[^/]+\/./s.test(place) || /^file:\/\/\/./.test(place), KEY_LIST)
  .refine((place) => printable(place) === place, `${KEY_LIST}, without characters that cannot be shown`);

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
const FIELDS = [
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

/**
 * Turns unchecked input into a `SyncInput`.
 *
 * @param isApart  by default false: names of buckets are unique
 * @throws InvalidInputError  one sentence with the field, its value, and the value that is expected
 */
export function parseSyncInput(value: unknown, isApart: IsApart = () => false): SyncInput {
  const parsed = syncInputSchema.safeParse(value, { reportInput: true });
  if (!parsed.success) throw inputError(parsed.error, FIELDS);
  const input = { ...parsed.data, destinationPrefix: parsed.data.destinationPrefix ?? parsed.data.prefix };
  refuseLongInput(input);
  // an undo works within the destination
  if (input.undo === undefined && !isApart(input.source, input.destination)) refuseOverlap(input);
  refuseStrayKey(input);
  refuseSharesOfRetries(input);
  refuseGuardsWithoutPlan(input);
  refuseTwoLists(input);
  refuseOtherWaysToApply(input);
  refuseOtherWaysToUndo(input);
  refuseEndlessDrift(input);
  refuseEndlessCopies(input);
  refuseEmptyWindows(input);
  refuseWaitingSteps(input);
  return input;
}

/**
 * Checks the input of an execution of a deployed state machine, which may leave out any field.
 *
 * @returns only the given fields
 * @throws InvalidInputError
 */
export function parseGivenFields(value: unknown): Partial<SyncInput> {
  const parsed = syncInputSchema.partial().safeParse(value, { reportInput: true });
  if (!parsed.success) throw inputError(parsed.error, FIELDS);
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
      'In `include` and `exclude`, name folders or patterns instead of single keys',
  );
}

/** A retry does not list the whole destination, so it cannot compute a percentage of it. */
function refuseSharesOfRetries(input: SyncInput): void {
  for (const field of ['maxDeletes', 'maxOverwrites'] as const) {
    if (input.retry === undefined || typeof input[field] !== 'string') continue;
    throw new InvalidInputError(
      `Expected \`${field}\` to be a count if \`retry\` is set, got ${formatValue(input[field])}`,
      { field },
    );
  }
}

/** These limits are about the whole run, so only a plan can tell before the first write whether the run keeps them. */
export const GUARDS = ['maxDeletes', 'maxOverwrites', 'maxCost'] as const;

function refuseGuardsWithoutPlan(input: SyncInput): void {
  const guard = GUARDS.find((field) => input[field] !== undefined);
  if (input.plan !== false || guard === undefined) return;
  throw new InvalidInputError(
    `Expected \`plan\` not to be false if \`${guard}\` is set, got ${formatValue(input.plan)}: only a plan can tell before the first ` +
      `write whether the run keeps to \`${guard}\`. Leave out one of the two`,
    { field: 'plan' },
  );
}

/** What failed in a run with `keys` is named by `retry` alone. */
function refuseTwoLists({ retry, keys }: SyncInput): void {
  if (retry === undefined || keys === undefined) return;
  throw new InvalidInputError(
    `Expected \`keys\` or \`retry\`, got both, ${formatValue(keys)} and ${formatValue(retry)}: each names the keys of the run`,
    { field: 'keys' },
  );
}

/** A run that applies a plan does that and nothing else. */
function refuseOtherWaysToApply(input: SyncInput): void {
  if (input.apply === undefined) return;
  const wrong: readonly (readonly [field: 'retry' | 'dryRun' | 'plan', wanted: string, isWrong: boolean])[] = [
    ['retry', 'left out', input.retry !== undefined],
    ['dryRun', 'false', input.dryRun],
    ['plan', 'left out', input.plan === false],
  ];
  const [field, wanted] = wrong.find(([, , isWrong]) => isWrong) ?? [];
  if (field === undefined) return;
  throw new InvalidInputError(
    `Expected \`${field}\` to be ${wanted} if \`apply\` is set, got ${formatValue(input[field])}`,
    { field },
  );
}

/** An undo knows its keys, and makes a plan of its own. */
function refuseOtherWaysToUndo(input: SyncInput): void {
  if (input.undo === undefined) return;
  const field = (['retry', 'keys', 'apply'] as const).find((name) => input[name] !== undefined);
  if (field === undefined) return;
  throw new InvalidInputError(
    `Expected \`${field}\` to be left out if \`undo\` is set, got ${formatValue(input[field])}`,
    { field },
  );
}

/** With `always` everything differs, so it never finds both sides equal. */
function refuseEndlessDrift({ compare, verify, dryRun }: SyncInput): void {
  if (compare !== 'always' || !verify || dryRun) return;
  throw new InvalidInputError(
    `Expected \`compare\` to be a strategy that can find both sides equal if \`verify\` is set, got ${formatValue(compare)}`,
    { field: 'compare' },
  );
}

/** A copy in other parts has another ETag. */
function refuseEndlessCopies({ compare, parts }: SyncInput): void {
  if (compare !== 'etag' || parts !== 'fewest') return;
  throw new InvalidInputError(
    `Expected \`compare\` to be a strategy that compares more than ETags if \`parts\` is "fewest", got ${formatValue(compare)}: ` +
      'every run would copy objects that were uploaded in parts again. Use "auto"',
    { field: 'compare' },
  );
}

/** No page may be published before the assets that it links to, and no index before what it names. */
function refuseWaitingSteps({ mode, order, archived }: SyncInput): void {
  if ((mode !== 'publish' && order.length === 0) || archived !== 'restore') return;
  const [reason, what] =
    mode === 'publish'
      ? [
          '`mode` is "publish"',
          'pages would be copied before S3 has restored the assets that they link to. Use "mirror"',
        ]
      : ['`order` is set', 'later steps would be copied before S3 has restored the objects of earlier ones'];
  throw new InvalidInputError(
    `Expected \`archived\` to be "fail" or "skip" if ${reason}, got ${formatValue(archived)}: ${what}`,
    { field: 'archived' },
  );
}

function refuseStrayKey({ sse, sseKmsKeyId }: SyncInput): void {
  if (sseKmsKeyId === undefined || (sse !== undefined && sse !== 'AES256')) return;
  throw new InvalidInputError(
    `Expected \`sse\` to be "aws:kms" or "aws:kms:dsse" if \`sseKmsKeyId\` is set, got ${formatValue(sse)}`,
    { field: 'sse' },
  );
}

function refuseOverlap({ source, destination, prefix, destinationPrefix }: SyncInput): void {
  if (source !== destination) return;
  if (!prefix.startsWith(destinationPrefix) && !destinationPrefix.startsWith(prefix)) return;
  throw new InvalidInputError(
    `Expected \`destination\` to be another bucket, or another folder of it: ${formatS3Url(source, prefix)} and ` +
      `${formatS3Url(destination, destinationPrefix)} overlap, so the mirror would copy into or delete from its own source`,
    { field: 'destination' },
  );
}
