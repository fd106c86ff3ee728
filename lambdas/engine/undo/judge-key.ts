import type { DeleteMarker, KeptVersion } from '../ports/bucket-versions';
import type { Written } from './written';

export type FormerObject = Exclude<KeptVersion, DeleteMarker>;

/** Why a key is left as it is, although it is not as it was before the run. */
export type LeftReason = 'changed-since' | 'expired' | 'unknown-version' | 'archived-version';

/** What brings a key back to what it was before a run. */
export type Verdict =
  | { readonly action: 'copy'; readonly former: FormerObject; readonly current: FormerObject | undefined }
  | { readonly action: 'delete'; readonly current: FormerObject }
  | { readonly action: 'nothing' }
  /** Something newer lies on top. It may be what was there before, if somebody has brought it back. */
  | { readonly action: 'compare'; readonly former: FormerObject; readonly current: FormerObject }
  | { readonly action: 'leave'; readonly reason: LeftReason };

/** The versions of a key, from the newest on. */
export interface Stack {
  readonly versions: readonly KeptVersion[];
  /** No older version follows. */
  readonly isWhole: boolean;
}

const NOTHING: Verdict = { action: 'nothing' };
const CHANGED: Verdict = { action: 'leave', reason: 'changed-since' };

/**
 * Judges what brings a key back. The version right below the newest one that the run made is the version that the run replaced.
 *
 * | latest is | below the run's version is | verdict |
 * | --- | --- | --- |
 * | the run's object | an object | copy that object on top |
 * | the run's object | a delete marker, or nothing if the run added the key | delete |
 * | the run's object | nothing, and the run replaced an object | leave: `expired` |
 * | the run's delete marker | an object | copy that object on top |
 * | the run's delete marker | a delete marker | nothing: there was no object before |
 * | the run's delete marker | nothing | leave: `expired` |
 * | another object | an object of that size | compare them |
 * | another delete marker, or no version | no object | nothing |
 * | anything else | | leave: `changed-since` |
 *
 * @param startedAt  of the run, in milliseconds since 1970
 * @returns undefined if it takes older versions to judge
 */
export function judgeKey(
  { kind, versionIds }: Written,
  { versions, isWhole }: Stack,
  startedAt: number,
): Verdict | undefined {
  if (versionIds.size === 0) return { action: 'leave', reason: 'unknown-version' };
  const [latest] = versions;
  const current = latest && asObject(latest);
  const mine = versions.findIndex(({ versionId }) => versionIds.has(versionId));
  const made = versions[mine];
  if (!made) {
    if (!isWhole) return undefined;
    return kind === 'added' && !current ? NOTHING : CHANGED;
  }
  const isRuns = (version: KeptVersion) => versionIds.has(version.versionId) || isRepeated(version, made, startedAt);
  const replaced = versions.slice(mine + 1).find((version) => !isRuns(version));
  if (!replaced && !isWhole) return undefined;
  const former = replaced && asObject(replaced);
  const isExpired = !replaced && kind !== 'added';
  if (mine > 0) return isExpired ? CHANGED : judgeBelow(former, current);
  if (isExpired) return { action: 'leave', reason: 'expired' };
  if (former?.archived) return { action: 'leave', reason: 'archived-version' };
  if (former) return { action: 'copy', former, current };
  return current ? { action: 'delete', current } : NOTHING;
}

/** Somebody has written after the run. */
function judgeBelow(former: FormerObject | undefined, current: FormerObject | undefined): Verdict {
  if (!former && !current) return NOTHING;
  if (!former || !current || former.sizeBytes !== current.sizeBytes) return CHANGED;
  return { action: 'compare', former, current };
}

/** If the answer to a write was lost, S3 may have kept it twice, and the report knows only the later version. */
function isRepeated(version: KeptVersion, made: KeptVersion, startedAt: number): boolean {
  if (version.lastModified < startedAt) return false;
  if (version.deleteMarker || made.deleteMarker) return version.deleteMarker === made.deleteMarker;
  return version.eTag === made.eTag && version.sizeBytes === made.sizeBytes;
}

function asObject(version: KeptVersion): FormerObject | undefined {
  return version.deleteMarker ? undefined : version;
}
