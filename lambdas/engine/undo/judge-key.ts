import type { DeleteMarker, KeptVersion } from '../ports/bucket-versions';
import type { Written } from './written';

export type FormerObject = Exclude<KeptVersion, DeleteMarker>;

/** Why a key is left as it is, although it is not as it was before the run. */
export type LeftReason = 'changed-since' | 'expired' | 'unknown-version' | 'archived-version';

/** What brings a key back to what it was before a run. */
export type Verdict = Change | Comparison;

export type Change =
  | { readonly action: 'copy'; readonly former: FormerObject; readonly current: FormerObject | undefined }
  | { readonly action: 'delete'; readonly current: FormerObject }
  | { readonly action: 'nothing' }
  | { readonly action: 'leave'; readonly reason: LeftReason };

/** Something newer lies on top, perhaps because a later run was undone. */
export interface Comparison {
  readonly action: 'compare';
  readonly current: FormerObject;
  /** If this is equal, the key is as it was before the run. */
  readonly former: FormerObject | undefined;
  /** If this is equal, the key is as the run has left it. */
  readonly made: FormerObject | undefined;
  /** What brings the key back then. */
  readonly change: Change;
}

/** The versions of a key, from the newest on. */
export interface Stack {
  readonly versions: readonly KeptVersion[];
  /** No older version follows. */
  readonly isWhole: boolean;
}

const NOTHING: Change = { action: 'nothing' };
const CHANGED: Change = { action: 'leave', reason: 'changed-since' };

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
 * | another object | an object of that size, or the run's object has that size | compare them |
 * | another delete marker, or no version | no object | nothing |
 * | another delete marker | the run's delete marker, and an object below | copy that object on top |
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
  const before = { former: replaced && asObject(replaced), isExpired: !replaced && kind !== 'added' };
  return mine === 0 ? bringBack(before, current) : judgeBelow(before, asObject(made), current);
}

/** What was there before the run. */
interface Before {
  readonly former: FormerObject | undefined;
  readonly isExpired: boolean;
}

/** The key is as the run has left it. */
function bringBack({ former, isExpired }: Before, current: FormerObject | undefined): Change {
  if (isExpired) return { action: 'leave', reason: 'expired' };
  if (former?.archived) return { action: 'leave', reason: 'archived-version' };
  if (former) return { action: 'copy', former, current };
  return current ? { action: 'delete', current } : NOTHING;
}

/** Somebody has written after the run. */
function judgeBelow(before: Before, made: FormerObject | undefined, current: FormerObject | undefined): Verdict {
  const { former, isExpired } = before;
  if (!current) {
    if (!former && !isExpired) return NOTHING;
    return made ? CHANGED : bringBack(before, current);
  }
  const unlessOther = (version: FormerObject | undefined) =>
    version?.sizeBytes === current.sizeBytes ? version : undefined;
  const [alike, alikeMade] = [unlessOther(former), unlessOther(made)];
  if (!alike && !alikeMade) return CHANGED;
  return { action: 'compare', current, former: alike, made: alikeMade, change: bringBack(before, current) };
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
