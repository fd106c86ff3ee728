import type { PlanTotals } from '../../../statemachine/contract';
import type { ListedObject } from '../ports/bucket-reader';

/** An object as a plan has seen it. The key is the action's. */
export type PlannedVersion = Omit<ListedObject, 'key'>;

/**
 * One line of a plan: what is to become of a key, why, and the versions on which that was decided.
 *
 * | action | the loop that applies it |
 * | --- | --- |
 * | `copy` | copies the source's object |
 * | `restore` | asks S3 to restore the source's archived object |
 * | `decide` | decides now: the plan could not decide about the object |
 * | `delete` | deletes the destination's object, if the source still lacks the key |
 */
export interface PlannedAction {
  readonly key: string;
  readonly action: 'copy' | 'restore' | 'decide' | 'delete';
  readonly reason: string;
  /** Absent: the source lacks the key. */
  readonly source?: PlannedVersion;
  /** Absent: the destination lacks the key. */
  readonly destination?: PlannedVersion;
}

/** What some actions come to: also what guards judge. */
export interface PartTotals extends PlanTotals, PlannedCopies {}

/** What is to be copied without another decision. The names are those of the counters. */
export interface PlannedCopies {
  readonly copied: number;
  readonly copiedBytes: number;
  /** Of `copied`: objects that the destination has. */
  readonly overwritten: number;
}

/** The loop that applies an action. */
export type PlanLoop = 'copy' | 'delete';

export function loopOf({ action }: Pick<PlannedAction, 'action'>): PlanLoop {
  return action === 'delete' ? 'delete' : 'copy';
}

/** What of an action counts. */
export interface Weight extends Pick<PlannedAction, 'action'> {
  readonly sizeBytes: number;
  readonly overwrites: boolean;
}

export function weightOf({ action, source, destination }: PlannedAction): Weight {
  return { action, sizeBytes: source?.sizeBytes ?? 0, overwrites: destination !== undefined };
}

export function totalsOf({ action, sizeBytes, overwrites }: Weight): PartTotals {
  const isDelete = loopOf({ action }) === 'delete';
  const isCopy = action === 'copy';
  return {
    copies: isDelete ? 0 : 1,
    restores: action === 'restore' ? 1 : 0,
    deletes: isDelete ? 1 : 0,
    copied: isCopy ? 1 : 0,
    copiedBytes: isCopy ? sizeBytes : 0,
    overwritten: isCopy && overwrites ? 1 : 0,
  };
}

/** An object that a loop has to act on, as a list page shows it, with what was planned for it. */
export interface PlannedObject extends ListedObject {
  readonly planned: PlannedAction;
}

/** The object that an action is about: the source's in the copy loop, the destination's in the delete loop. */
export function objectOf(planned: PlannedAction): PlannedObject {
  const { key, source, destination } = planned;
  const version = loopOf(planned) === 'delete' ? destination : source;
  if (!version)
    throw new Error(`Expected the plan to describe the object ${JSON.stringify(key)}, got ${planned.action} alone`);
  return { ...version, key, planned };
}

/** What was planned for an object of a walk over a plan. */
export function plannedFor(object: ListedObject): PlannedAction {
  return (object as PlannedObject).planned;
}

/** The destination's object as the plan has seen it. */
export function destinationOf({ key, destination }: PlannedAction): ListedObject | undefined {
  return destination && { ...destination, key };
}

/** @param object  of a list page */
export function versionOf({ key: _, ...version }: ListedObject): PlannedVersion {
  return version;
}

/** Whether bucketsync may have written a value as an action: with every field that a loop relies on. */
export function isPlannedAction(value: unknown): value is PlannedAction {
  if (typeof value !== 'object' || value === null) return false;
  const { key, action, reason, source, destination } = value as Partial<PlannedAction>;
  const isComplete = typeof key === 'string' && key.isWellFormed() && typeof reason === 'string';
  if (!isComplete || action === undefined || !Object.hasOwn(NEEDED, action)) return false;
  const sides = { source, destination };
  return sides[NEEDED[action]] !== undefined && [source, destination].every(isVersionOrNone);
}

/** The side that an action is about. */
const NEEDED = { copy: 'source', restore: 'source', decide: 'source', delete: 'destination' } as const;

function isVersionOrNone(version: unknown): boolean {
  if (version === undefined) return true;
  if (typeof version !== 'object' || version === null) return false;
  const { sizeBytes, eTag, lastModified, storageClass, archived, checksum, versionId } =
    version as Partial<PlannedVersion>;
  return (
    Number.isSafeInteger(sizeBytes) &&
    (sizeBytes as number) >= 0 &&
    // a condition on it would hold for any version
    typeof eTag === 'string' &&
    eTag !== '*' &&
    Number.isFinite(lastModified) &&
    typeof storageClass === 'string' &&
    typeof archived === 'boolean' &&
    (versionId === undefined || (typeof versionId === 'string' && versionId !== '')) &&
    (checksum === undefined || isChecksum(checksum))
  );
}

function isChecksum({ algorithm, type }: Partial<NonNullable<PlannedVersion['checksum']>>): boolean {
  return typeof algorithm === 'string' && (type === 'FULL_OBJECT' || type === 'COMPOSITE');
}
