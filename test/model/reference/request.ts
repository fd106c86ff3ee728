import type { Strategy } from './compare';
import { byBytes, type Folder } from './facts';
import { globMatches } from './globs';

/** The input of a run, with every default filled in. */
export interface Request {
  /** Empty, or with a slash at its end. */
  readonly prefix: string;
  readonly destinationPrefix: string;
  readonly startAfter?: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly compare: Strategy;
  readonly delete: boolean;
  readonly maxDeletes?: number | string;
  readonly allowEmptySource: boolean;
  readonly mode: 'mirror' | 'publish';
  readonly dryRun: boolean;
  readonly verify: boolean;
  readonly tags: 'copy' | 'ignore';
  readonly storageClass: string;
  /** Whether the destination bucket encrypts with a KMS key. */
  readonly encrypts: boolean;
  /** How many objects are looked at, before the run begins, for one that takes part. */
  readonly lookahead: number;
}

/** Whether the filters let a key take part. The folder's own marker has no counterpart where the other side is a whole bucket. */
export function takesPart(request: Request, key: string): boolean {
  if (key === '' && (request.prefix === '' || request.destinationPrefix === '')) return false;
  const { include, exclude } = request;
  const matches = (glob: string) => globMatches(glob, key);
  return (include.length === 0 || include.some(matches)) && !exclude.some(matches);
}

/** What a run looks at of a folder, in the order of S3. What bucketsync keeps at the root of a bucket for itself it does not see. */
export function keysBehind({ startAfter, prefix, destinationPrefix }: Request, folder: Folder): string[] {
  const isRoot = prefix === '' || destinationPrefix === '';
  const seen = [...folder.keys()].filter((key) => !(isRoot && key.startsWith('.bucketsync/')));
  return seen.filter((key) => startAfter === undefined || byBytes(key, startAfter) > 0).sort(byBytes);
}
