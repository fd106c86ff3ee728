import { promisify } from 'node:util';
import { constants, gunzip } from 'node:zlib';
import { BucketsyncError, ListingError, PlanChangedError } from '../../../statemachine/errors';
import { compareKeys } from '../keys/compare-keys';
import { type RunStore, runFolder } from '../ports/run-store';
import { type PlanPart, sha256, sumOf, TOTALS } from './plan-index';
import { isPlannedAction, type PlannedAction, totalsOf, weightOf } from './planned-action';

/** More than twice the size of any part that bucketsync writes. A few compressed bytes could unpack to more than the memory holds. */
const LONGEST_PART_BYTES = 64 * 1024 ** 2;

/** What a part holds. */
export interface PartContent {
  readonly actions: readonly PlannedAction[];
  /** Of its text, which takes about as much memory as the actions. */
  readonly characters: number;
}

/**
 * Reads the actions of a part, and checks every field of them.
 *
 * @throws ListingError  the run store could not be read
 * @throws PlanChangedError  the part is not the one that the index names, or is not as the index says
 */
export async function readPart(store: RunStore, runId: string, part: PlanPart): Promise<PartContent> {
  const name = `${runFolder(runId)}/${part.name}`;
  const found = await store.get(name).catch((cause: unknown) => {
    if (cause instanceof BucketsyncError) throw cause;
    throw new ListingError(`Could not read ${store.locate(name)}, a part of the plan: ${String(cause)}`, { cause });
  });
  if (!found || sha256(found.body) !== part.sha256) {
    throw new PlanChangedError(
      `Expected ${store.locate(name)} to be as the plan left it, but somebody has ${found ? 'changed' : 'removed'} it. ${LEFT}`,
    );
  }
  const content = await unpack(found.body);
  if (content && isAsIndexed(content.actions, part)) return content;
  throw new PlanChangedError(
    `Expected ${store.locate(name)} to be a part of a plan, as its index describes it, but somebody has changed it. ${LEFT}`,
  );
}

const LEFT = 'What this part plans is not done: make the plan again';

/** @returns undefined if these are not actions */
async function unpack(body: Buffer): Promise<PartContent | undefined> {
  try {
    const limits = { maxOutputLength: LONGEST_PART_BYTES, chunkSize: sizeOf(body) };
    const text = (await promisify(gunzip)(body, limits)).toString('utf8');
    const lines: unknown[] = text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    return lines.every(isPlannedAction) ? { actions: lines, characters: text.length } : undefined;
  } catch {
    return undefined;
  }
}

/** A buffer for all of it: small ones would have to be joined, which takes twice the memory. Gzip ends with the size of what it holds. */
function sizeOf(gzipped: Buffer): number {
  const bytes = gzipped.readUInt32LE(gzipped.length - 4);
  return Math.min(Math.max(bytes + 1, constants.Z_DEFAULT_CHUNK), LONGEST_PART_BYTES);
}

function isAsIndexed(actions: readonly PlannedAction[], part: PlanPart): boolean {
  if (actions[0]?.key !== part.first || actions.at(-1)?.key !== part.last) return false;
  const isInOrder = actions.every(({ key }, place) => place === 0 || compareKeys(keyAt(actions, place - 1), key) < 0);
  const totals = sumOf(actions.map((action) => totalsOf(weightOf(action))));
  return isInOrder && TOTALS.every((name) => totals[name] === part[name]);
}

function keyAt(actions: readonly PlannedAction[], place: number): string {
  return (actions[place] as PlannedAction).key;
}
