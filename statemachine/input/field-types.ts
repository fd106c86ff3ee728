import * as z from 'zod';
import { printable } from '../printable';
import { RESERVED_FOLDER } from '../reserved-folder';
import { BYTE_SIZE, parseByteSize } from './byte-size';
import { hasForeignPattern, isFolder, isRooted } from './glob-refusals';
import { DURATION, MOMENT, parseDuration, parseMoment } from './moment';

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
export const key = z
  .string()
  .refine((value) => value.isWellFormed(), 'text without lone surrogates')
  .refine((value) => Buffer.byteLength(value) <= MAX_KEY_BYTES, `at most ${MAX_KEY_BYTES} bytes of UTF-8`);

/** A prefix is a folder: `site` means `site/`, so that a mirror of `site` never touches `site-archive/`. */
export const folder = key.transform((prefix) => (prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`));
export const mirroredFolder = folder.refine(
  (prefix) => !prefix.startsWith(RESERVED_FOLDER),
  `a folder outside of "${RESERVED_FOLDER}", which bucketsync reserves for itself`,
);

/** Rejects globs that other tools interpret differently. */
export const globs = z.array(
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

export const accountId = z.string().regex(/^\d{12}$/, 'an AWS account id of 12 digits');

/** Without an ARN, KMS would look for the id in the account that runs the mirror. */
export const kmsKeyArn = z
  .string()
  .regex(/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/, 'the ARN of a KMS key, arn:aws:kms:region:account:key/id');

export const byteSize = z.union([z.number(), z.string()], BYTE_SIZE).transform((size, context) => {
  const bytes = parseByteSize(size);
  if (bytes !== undefined) return bytes;
  context.addIssue({ code: 'custom', message: BYTE_SIZE, input: size });
  return z.NEVER;
});

/** It stays as written: a duration counts from the beginning of a run. */
export const moment = z.string().refine((text) => parseMoment(text) !== undefined, MOMENT);

export const duration = z.string().refine((text) => parseDuration(text) !== undefined, DURATION);

const DELETE_LIMIT = 'a count of 0 or more, or a percentage from "0%" to "100%"';
export const deleteLimit = z.union([z.number(), z.string()], DELETE_LIMIT).refine(isDeleteLimit, DELETE_LIMIT);

function isDeleteLimit(limit: number | string): boolean {
  if (typeof limit === 'number') return Number.isSafeInteger(limit) && limit >= 0;
  return /^\d{1,3}(\.\d+)?%$/.test(limit) && Number.parseFloat(limit) <= 100;
}

export const costLimit = z.number().refine((usd) => usd > 0, 'an amount of US dollars above 0');

/** An execution's name. It is part of the report's location. */
export const runId = z
  .string()
  .regex(/^(?!\.{1,2}$)[^\s/\\]{1,80}$/, 'the id of a run')
  .refine((id) => printable(id) === id, 'the id of a run, without characters that cannot be shown');

const KEY_LIST = 'the place of a list of keys: s3://bucket/key, or a file of this machine (file:///path)';
export const keyList = z
  .string()
  .refine((place) => /^s3:\/\/[^/]+\/./s.test(place) || /^file:\/\/\/./.test(place), KEY_LIST)
  .refine((place) => printable(place) === place, `${KEY_LIST}, without characters that cannot be shown`);
