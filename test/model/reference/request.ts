import type { Strategy } from './compare';
import { byBytes, type Folder, type ObjectFacts } from './facts';
import { globMatches } from './globs';

/** The input of a run, with every default filled in. */
export interface Request {
  /** Empty, or with a slash at its end. */
  readonly prefix: string;
  readonly destinationPrefix: string;
  readonly startAfter?: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly minSize?: number;
  readonly maxSize?: number;
  /** Seconds since 1970. */
  readonly newerThan?: number;
  readonly olderThan?: number;
  readonly storageClasses: readonly string[];
  readonly archived: 'fail' | 'skip' | 'restore';
  readonly compare: Strategy;
  readonly delete: boolean;
  readonly maxDeletes?: number | string;
  readonly maxOverwrites?: number | string;
  readonly plan?: boolean;
  readonly allowEmptySource: boolean;
  readonly mode: 'mirror' | 'publish';
  readonly order: readonly string[];
  readonly dryRun: boolean;
  readonly verify: boolean;
  readonly tags: 'copy' | 'ignore';
  readonly storageClass: string;
  /** Whether the destination bucket encrypts with a KMS key. */
  readonly encrypts: boolean;
  /** Keys on a list page. */
  readonly pageSize: number;
}

/** Whether the filters let a key take part. The folder's own marker has no counterpart where the other side is a whole bucket. */
export function takesPart(request: Request, key: string): boolean {
  if (key === '' && (request.prefix === '' || request.destinationPrefix === '')) return false;
  const { include, exclude } = request;
  const matches = (glob: string) => globMatches(glob, key);
  return (include.length === 0 || include.some(matches)) && !exclude.some(matches);
}

/** Whether the filters of objects leave this one out, whatever its key. */
export function isLeftOut(request: Request, { sizeBytes, second, storageClass }: ObjectFacts): boolean {
  const { minSize, maxSize, newerThan, olderThan, storageClasses } = request;
  if (minSize !== undefined && sizeBytes < minSize) return true;
  if (maxSize !== undefined && sizeBytes > maxSize) return true;
  if (newerThan !== undefined && second < newerThan) return true;
  if (olderThan !== undefined && second >= olderThan) return true;
  return storageClasses.length > 0 && storageClasses.every((name) => name !== storageClass);
}

/** What a run looks at of a folder, in the order of S3. */
export function keysBehind(request: Request, folder: Folder): string[] {
  return allBehind(request, folder).filter((key) => !isHidden(request, key));
}

function allBehind({ startAfter }: Request, folder: Folder): string[] {
  return [...folder.keys()].filter((key) => startAfter === undefined || byBytes(key, startAfter) > 0).sort(byBytes);
}

/** What bucketsync keeps at the root of a bucket for itself. */
function isHidden({ prefix, destinationPrefix }: Request, key: string): boolean {
  return key.startsWith('.bucketsync/') && (prefix === '' || destinationPrefix === '');
}

/** Whether an object is more than what is left of a folder. */
export function isContent(folder: Folder, key: string): boolean {
  return key !== '' && !(/(\/|_\$folder\$)$/.test(key) && folder.get(key)?.sizeBytes === 0);
}

export function hasContent(request: Request, folder: Folder): boolean {
  return keysBehind(request, folder).some((key) => isContent(folder, key));
}

/** Whether the filters let anything of the source take part. */
export function letsContentThrough(request: Request, source: Folder): boolean {
  return keysBehind(request, source).some((key) => isContent(source, key) && takesPart(request, key));
}

/** The same, as far as it shows before the run begins: by the first object that is content, and the page of objects behind it. */
export function showsContent(request: Request, source: Folder): boolean {
  const all = allBehind(request, source);
  const matches = (key: string) => isContent(source, key) && takesPart(request, key);
  const first = all.findIndex((key) => !isHidden(request, key) && isContent(source, key));
  if (first < 0) return false;
  if (matches(all[first] ?? '')) return true;
  for (let at = first + 1; at < all.length; at += request.pageSize) {
    const page = all.slice(at, at + request.pageSize).filter((key) => !isHidden(request, key));
    if (page.length > 0) return page.some(matches);
  }
  return false;
}
