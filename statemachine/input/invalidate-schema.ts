import * as z from 'zod';

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/InvalidationLimits.html */
const MOST_PATHS = 3_000;
const MOST_WILDCARDS = 15;
const LONGEST_PATH = 4_000;
/** Paths and tags of the input travel through the state of an execution. */
const MOST_GIVEN = 100;

const path = z
  .string()
  .refine(
    (text) => /^\/([!$-)+-;=@-Z_a-z&?]|%[\dA-Fa-f]{2})*\*?$/.test(text) && text.length <= LONGEST_PATH,
    'a path as CloudFront wants it: it begins with "/", has "*" only at its end, and everything but visible ASCII, and also `<>"#%{}|\\^~[]` and "`", percent-encoded',
  );

const tag = z
  .string()
  .regex(/^#[!-+\--~]{1,255}$/, 'a cache tag: "#" and up to 255 characters of visible ASCII without commas');

const originPath = z
  .string()
  .regex(/^(\/[^/]+)*$/, 'a folder of the bucket as CloudFront writes it: it begins with "/" and does not end with it');

const viewerPrefix = z
  .string()
  .regex(
    /^(\/([\w.!$(),;:@&=-]|%[\dA-Fa-f]{2})+)*$/,
    'a folder that viewers see: it begins with "/" and does not end with it',
  );

/** What to tell CloudFront once a run has changed something. */
export const invalidateSchema = z.strictObject({
  distribution: z
    .string()
    .regex(/^[A-Z0-9]{5,32}$/, 'the id of a CloudFront distribution, such as "E2QWRUHAPOMQZL"')
    .describe('id of a CloudFront distribution: invalidate the paths of what the run has replaced or deleted'),
  paths: z
    .array(path)
    .min(1, 'one path or more')
    .max(MOST_GIVEN, `at most ${MOST_GIVEN} paths`)
    .refine(
      (paths) => paths.filter((text) => text.endsWith('*')).length <= MOST_WILDCARDS,
      `at most ${MOST_WILDCARDS} paths with "*"`,
    )
    .optional()
    .describe('paths to invalidate if anything has changed, such as "/*" (default: the paths of what has changed)'),
  maxPaths: z
    .int()
    .min(1)
    .max(MOST_PATHS)
    .default(50)
    .describe('if more paths have changed, invalidate their folders, or everything'),
  indexDocument: z
    .string()
    .regex(/^[^/]*$/, 'the name of a file, without a folder')
    .default('index.html')
    .describe('name of the object that viewers also get as its folder; an empty text: there is none'),
  bareFolders: z
    .boolean()
    .default(false)
    .describe(
      'invalidate the path of such a folder without its slash, too: for a function that serves /blog as /blog/',
    ),
  originPath: originPath.default('').describe('folder of the bucket that the distribution serves, such as "/site"'),
  viewerPrefix: viewerPrefix.default('').describe('folder in which viewers see the objects, such as "/docs"'),
  tags: z
    .array(tag)
    .max(MOST_GIVEN, `at most ${MOST_GIVEN} tags`)
    .default([])
    .describe('cache tags to invalidate if anything has changed, such as "#site"'),
  newPaths: z
    .boolean()
    .default(false)
    .describe('invalidate the paths of new objects, too: for a distribution that caches errors'),
  wait: z.boolean().default(false).describe('wait until CloudFront has done it, for a minute at most'),
});
