import type { Mutant } from '../mutant';

/** What goes through this machine, from one S3 to another. */
export const TWO_WORLDS_MUTANTS: readonly Mutant[] = [
  {
    bug: 'streams: complete an upload with its parts as they came',
    file: 'lambdas/s3/buckets/s3-uploads.ts',
    search: '.sort((a, b) => a.part - b.part)',
    replace: '',
    suites: ['mirror/two-worlds/two-worlds'],
  },
  {
    bug: 'streams: leave the last byte away, and say so',
    file: 'lambdas/s3/streamed/streamed-copy.ts',
    search: 'const { sizeBytes: ContentLength } = object;',
    replace: 'const ContentLength = Math.max(0, object.sizeBytes - 1);',
    suites: ['mirror/two-worlds/two-worlds'],
  },
  {
    bug: 'streams: believe whatever content the source sends',
    file: 'lambdas/s3/streamed/streamed-copy.ts',
    search: 'if (expected === undefined || got === expected) return;',
    replace: 'if (got !== undefined) return;',
    suites: ['mirror/two-worlds/two-worlds-faults'],
  },
  {
    bug: 'streams: complete parts that do not make the ETag of the source',
    file: 'lambdas/engine/copy/expect-content.ts',
    search: 'if (!provesETag || sent === eTag ||',
    replace: 'if (!provesETag || sent !== undefined ||',
    suites: ['mirror/two-worlds/two-worlds-faults'],
  },
  {
    bug: 'streams: take the answer about another version',
    file: 'lambdas/s3/streamed/streamed-object.ts',
    search: 'if (ETag !== undefined && unquote(ETag) !== eTag)',
    replace: 'if (ETag === undefined)',
    suites: ['mirror/two-worlds/two-worlds-faults'],
  },
  {
    bug: 'streams: write over what somebody else has put there',
    file: 'lambdas/s3/streamed/streamed-copy.ts',
    search: '      ...conditionOn(destination),\n',
    replace: '',
    suites: ['mirror/two-worlds/two-worlds'],
  },
  {
    bug: 'streams: drop the tags of an object in one piece',
    file: 'lambdas/s3/streamed/streamed-copy.ts',
    search: '      Tagging: encodeTags(tags),\n',
    replace: '',
    suites: ['mirror/two-worlds/two-worlds'],
  },
  {
    bug: 'streams: take tags of another version than the content',
    file: 'lambdas/s3/streamed/streamed-copy.ts',
    search: 'if (isSame && sameAttributes(now.attributes, then.attributes)) return',
    replace: 'if (isSame || then) return',
    suites: ['mirror/two-worlds/two-worlds'],
  },
  {
    bug: 'streams: go on with parts of an older version',
    file: 'lambdas/engine/copy/begun-uploads.ts',
    search: 'const isSame = identity === wanted;',
    replace: 'const isSame = identity !== undefined;',
    suites: ['mirror/two-worlds/kept-uploads'],
  },
  {
    bug: 'streams: forget the upload of a run that is killed',
    file: 'lambdas/engine/copy/begun-uploads.ts',
    search: 'if (identity !== undefined) await keptUploads?.keep(key, { id, identity });',
    replace: '',
    suites: ['mirror/two-worlds/kept-uploads'],
  },
  {
    bug: 'streams: let no Task note what another server lacks',
    file: 'lib/sync-functions.ts',
    search: '...(elsewhere.reports ?? [])',
    replace: '',
    suites: ['permissions/two-worlds'],
  },
  {
    bug: 'take one bucket for two if no run may read the lock at the source',
    file: 'lambdas/engine/lock/one-bucket.ts',
    search: "if (there === 'denied') return undefined;",
    replace: "if (there === 'denied') return false;",
    suites: ['mirror/two-worlds/two-worlds'],
  },
];
