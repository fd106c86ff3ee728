import type { ReportLine } from '../../../statemachine/contract';
import { compareKeys } from '../keys/compare-keys';

/** Objects and their bytes. */
export interface Amount {
  readonly objects: number;
  readonly bytes: number;
}

/** What people want to know of a plan before they run it. Its size does not depend on the number of objects. */
export interface PlanDigest {
  /** Copies of objects that the destination lacks. */
  readonly created: Amount;
  /** Copies in place of other objects, and the same by reason: `size`, `etag`, `metadata`, … */
  readonly overwritten: Amount;
  readonly reasons: Readonly<Record<string, Amount>>;
  readonly deleted: Amount;
  /** The folders with the most bytes to copy and delete, the largest first. The rest is under `others`. */
  readonly folders: readonly FolderDigest[];
  readonly others?: FolderDigest;
  /** The largest objects to copy, the largest first. */
  readonly largest: readonly { readonly key: string; readonly sizeBytes: number }[];
  /** The first keys of each kind, in order. */
  readonly samples: Readonly<Record<'created' | 'overwritten' | 'deleted', readonly string[]>>;
}

export interface FolderDigest {
  /** The first part of the keys, such as `assets/`; empty for keys without a folder. */
  readonly folder: string;
  readonly copied: Amount;
  readonly deleted: Amount;
}

const MOST_FOLDERS = 10;
const MOST_LARGEST = 5;
const MOST_SAMPLES = 10;
/** Folders beyond these are counted together, so that a bucket of a million folders does not fill the memory. */
const KNOWN_FOLDERS = 10_000;

const NOTHING: Amount = { objects: 0, bytes: 0 };

/** Sums up the lines of a plan, in whatever order they come. */
export async function digestPlan(parts: AsyncIterable<readonly ReportLine[]>): Promise<PlanDigest> {
  const sums = { created: NOTHING, overwritten: NOTHING, deleted: NOTHING };
  const reasons: Record<string, Amount> = {};
  const folders = new Map<string, FolderDigest>();
  const samples = { created: [] as string[], overwritten: [] as string[], deleted: [] as string[] };
  let largest: PlanDigest['largest'] = [];
  let others: FolderDigest | undefined;
  for await (const lines of parts) {
    for (const line of lines) {
      const kind = kindOf(line);
      if (kind === undefined) continue;
      sums[kind] = add(sums[kind], line);
      if (kind === 'overwritten') reasons[line.reason] = add(reasons[line.reason], line);
      if (kind !== 'deleted') largest = keepLargest(largest, line);
      keepFirst(samples[kind], line.key);
      const folder = line.key.slice(0, line.key.indexOf('/') + 1);
      const known = folders.get(folder);
      if (known || folders.size < KNOWN_FOLDERS) folders.set(folder, addTo(known ?? emptyFolder(folder), kind, line));
      else others = addTo(others ?? emptyFolder(''), kind, line);
    }
  }
  const sorted = [...folders.values()].sort((a, b) => bytesIn(b) - bytesIn(a) || compareKeys(a.folder, b.folder));
  const rest = [...sorted.slice(MOST_FOLDERS), ...(others ? [others] : [])];
  return {
    ...sums,
    reasons,
    folders: sorted.slice(0, MOST_FOLDERS),
    ...(rest.length > 0 && { others: rest.reduce(join) }),
    largest,
    samples,
  };
}

type Kind = keyof PlanDigest['samples'];

function kindOf({ action, reason }: ReportLine): Kind | undefined {
  if (action === 'delete') return 'deleted';
  if (action !== 'copy') return undefined;
  return reason === 'missing' ? 'created' : 'overwritten';
}

function add({ objects, bytes }: Amount = NOTHING, { sizeBytes }: ReportLine): Amount {
  return { objects: objects + 1, bytes: bytes + sizeBytes };
}

function emptyFolder(folder: string): FolderDigest {
  return { folder, copied: NOTHING, deleted: NOTHING };
}

function addTo(folder: FolderDigest, kind: Kind, line: ReportLine): FolderDigest {
  const of = kind === 'deleted' ? 'deleted' : 'copied';
  return { ...folder, [of]: add(folder[of], line) };
}

function join(a: FolderDigest, b: FolderDigest): FolderDigest {
  const sum = (one: Amount, other: Amount) => ({
    objects: one.objects + other.objects,
    bytes: one.bytes + other.bytes,
  });
  return { folder: '', copied: sum(a.copied, b.copied), deleted: sum(a.deleted, b.deleted) };
}

function bytesIn({ copied, deleted }: FolderDigest): number {
  return copied.bytes + deleted.bytes;
}

function keepLargest(largest: PlanDigest['largest'], { key, sizeBytes }: ReportLine): PlanDigest['largest'] {
  const last = largest.at(-1);
  if (largest.length === MOST_LARGEST && last && last.sizeBytes >= sizeBytes) return largest;
  return [...largest, { key, sizeBytes }].sort((a, b) => b.sizeBytes - a.sizeBytes).slice(0, MOST_LARGEST);
}

/** Keeps the first keys in order. */
function keepFirst(keys: string[], key: string): void {
  const last = keys.at(-1);
  if (keys.length === MOST_SAMPLES && last !== undefined && compareKeys(last, key) <= 0) return;
  keys.push(key);
  keys.sort(compareKeys);
  if (keys.length > MOST_SAMPLES) keys.pop();
}
