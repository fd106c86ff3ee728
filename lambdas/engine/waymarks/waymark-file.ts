import * as z from 'zod';
import { compareKeys } from '../keys/compare-keys';
import { FINEST_OBJECTS, joinSame, MOST_BYTES, MOST_WAYMARKS, thin, type Waymark } from './waymark';

const MOST_KEY_BYTES = 1_024;
const MOST_OBJECTS = 1e12;

const fileSchema = z.object({
  waymarks: z.array(z.tuple([z.string().min(1), z.int().positive().max(MOST_OBJECTS)])).max(MOST_WAYMARKS),
});

/** @param waymarks  in the order of their keys, and as many as a file may have; see `fitting` */
export function formatWaymarks(waymarks: readonly Waymark[]): string {
  return JSON.stringify({ waymarks: waymarks.map(({ key, objects }) => [key, objects]) });
}

/** Puts waymarks in order, and thins them until a file has room for them. */
export function fitting(waymarks: readonly Waymark[]): Waymark[] {
  let kept = joinSame([...waymarks].sort((a, b) => compareKeys(a.key, b.key)));
  for (let objects = FINEST_OBJECTS; !fits(kept); objects *= 2) kept = thin(kept, objects);
  return kept;
}

function fits(waymarks: readonly Waymark[]): boolean {
  return waymarks.length <= MOST_WAYMARKS && Buffer.byteLength(formatWaymarks(waymarks)) <= MOST_BYTES;
}

/**
 * Reads what any run, or anybody else, has left there.
 *
 * @param folders  the folders of both sides: S3 accepts no request about a longer key
 * @returns undefined unless it is a list of keys in order that S3 accepts
 */
export function parseWaymarks(body: Buffer, folders: readonly string[]): Waymark[] | undefined {
  if (body.length > MOST_BYTES) return undefined;
  const file = fileSchema.safeParse(parseIfJson(body.toString('utf8'))).data;
  const room = MOST_KEY_BYTES - Math.max(...folders.map((folder) => Buffer.byteLength(folder)));
  const waymarks = file?.waymarks.map(([key, objects]) => ({ key, objects }));
  return waymarks?.every(({ key }, index) => isKey(key, room) && isBehind(key, waymarks[index - 1]))
    ? waymarks
    : undefined;
}

function parseIfJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isKey(key: string, room: number): boolean {
  return key.isWellFormed() && !key.includes('\0') && Buffer.byteLength(key) <= room;
}

function isBehind(key: string, before: Waymark | undefined): boolean {
  return before === undefined || compareKeys(before.key, key) < 0;
}
