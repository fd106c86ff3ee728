import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { KeyRange } from '../../../statemachine/contract';
import { isWithin, overlaps } from '../keys/key-range';
import { type RunStore, runFolder } from '../ports/run-store';
import { writeOnce } from '../report/write-once';

const KEYS_PER_PART = 10_000;
/** As many keys as a part may have, of S3's greatest length, written in JSON. */
const LONGEST_PART_BYTES = KEYS_PER_PART * 6 * 1024;

/** Where a run keeps the list of its keys. `ValidateInput` writes there before the run has begun. */
export function keysFolder(runId: string): string {
  return `${runFolder(runId)}/keys/`;
}

interface Part {
  readonly name: string;
  readonly first: string;
  readonly last: string;
}

/**
 * Keeps the keys of a run for its Tasks. The original list may change during the run, and a Task should not have to read all of it.
 * If `ValidateInput` is tried again, the list of the attempt that was done first holds.
 *
 * @param keys  in order, each once @param writer  the name of the invocation
 */
export async function keepKeyList(
  runId: string,
  keys: readonly string[],
  runStore: RunStore,
  writer: string,
): Promise<void> {
  const parts: Part[] = [];
  for (let from = 0; from < keys.length; from += KEYS_PER_PART) {
    const some = keys.slice(from, from + KEYS_PER_PART);
    const name = `${keysFolder(runId)}${writer}-${parts.length}.json.gz`;
    await writeOnce(runStore, name, await promisify(gzip)(JSON.stringify(some)));
    parts.push({ name, first: some[0] as string, last: some.at(-1) as string });
  }
  await writeOnce(runStore, indexOf(runId), JSON.stringify(parts));
}

/** The keys of ranges, in order. @throws Error  the list is gone */
export async function readKeyList(runId: string, ranges: readonly KeyRange[], runStore: RunStore): Promise<string[]> {
  const parts = JSON.parse((await read(indexOf(runId), runStore)).toString('utf8')) as Part[];
  const keys: string[] = [];
  for (const part of parts) {
    if (!ranges.some((range) => overlaps(range, part))) continue;
    const text = await promisify(gunzip)(await read(part.name, runStore), { maxOutputLength: LONGEST_PART_BYTES });
    const some = JSON.parse(text.toString('utf8')) as string[];
    for (const key of some) if (ranges.some((range) => isWithin(range, key))) keys.push(key);
  }
  return keys;
}

function indexOf(runId: string): string {
  return `${keysFolder(runId)}index.json`;
}

async function read(name: string, runStore: RunStore): Promise<Buffer> {
  const file = await runStore.get(name);
  if (file) return file.body;
  throw new Error(
    `Expected ${runStore.locate(name)}, a part of the keys of this run: somebody deleted it. Run it again`,
  );
}
