import type { ReportLine } from '../../../statemachine/contract';
import { compareKeys } from '../keys/compare-keys';
import { type Amount, Amounts } from './amounts';
import { type FailureSum, FailureSums } from './failure-sums';
import { type FolderSum, FolderSums } from './folder-sums';
import { Pace, type PaceDocument } from './pace';

/** What becomes of an object that a run changes. */
export const KINDS = ['created', 'overwritten', 'deleted'] as const;
export type Kind = (typeof KINDS)[number];

/** Where most is copied and deleted, and examples. */
export interface Highlights {
  /** The folders with the most bytes to copy and delete, the largest first. The rest is under `others`. */
  readonly folders: readonly FolderSum[];
  readonly others?: FolderSum;
  /** The largest objects to copy, the largest first. */
  readonly largest: readonly LargeObject[];
  /** The first keys of each kind, in order. */
  readonly samples: Readonly<Record<Kind, readonly string[]>>;
}

/** What the lines of a report add up to. Its size does not depend on the number of objects. */
export interface TallyDocument extends Highlights {
  /** Copies by reason: `missing`, `size`, `etag`, … */
  readonly copied: Readonly<Record<string, Amount>>;
  readonly deleted: Amount;
  /** What a verify phase found, by reason. */
  readonly differs: Readonly<Record<string, Amount>>;
  /** What was left alone and has a line, by reason; archived objects that are restored are among them. */
  readonly leftOut: Readonly<Record<string, Amount>>;
  readonly failures: readonly FailureSum[];
  /** Absent: nothing was written. */
  readonly pace?: PaceDocument;
}

export interface LargeObject {
  readonly key: string;
  readonly sizeBytes: number;
}

const MOST_FOLDERS = 50;
const MOST_LARGEST = 20;
const MOST_SAMPLES = 100;

/** Sums up lines of a report, in whatever order they come. */
export class Tally {
  readonly #copied = new Amounts();
  readonly #deleted = new Amounts();
  readonly #differs = new Amounts();
  readonly #leftOut = new Amounts();
  readonly #folders: FolderSums;
  #largest: TallyDocument['largest'] = [];
  readonly #samples: Record<Kind, string[]> = { created: [], overwritten: [], deleted: [] };
  readonly #failures = new FailureSums();
  readonly #pace = new Pace();
  #isEmpty = true;

  /** @param prefix  the folder of the source that is mirrored */
  constructor(prefix = '') {
    this.#folders = new FolderSums(prefix);
  }

  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  add(line: ReportLine): void {
    this.#isEmpty = false;
    const { action, reason, sizeBytes, error } = line;
    const amount = { objects: 1, bytes: sizeBytes };
    if (error !== undefined) this.#failures.add(line);
    else if (action === 'copy') this.#addCopy(line, amount);
    else if (action === 'delete') this.#addDelete(line, amount);
    else (action === 'compare' ? this.#differs : this.#leftOut).add(reason, amount);
  }

  addAll(document: TallyDocument): void {
    this.#isEmpty = false;
    this.#copied.addAll(document.copied);
    this.#deleted.add('', document.deleted);
    this.#differs.addAll(document.differs);
    this.#leftOut.addAll(document.leftOut);
    for (const sum of document.folders) this.#folders.addSum(sum);
    if (document.others) this.#folders.addOthers(document.others);
    for (const object of document.largest) this.#keepLargest(object);
    for (const kind of KINDS) for (const key of document.samples[kind]) keepFirst(this.#samples[kind], key);
    for (const sum of document.failures) this.#failures.addSum(sum);
    if (document.pace) this.#pace.addAll(document.pace);
  }

  toDocument({ folders = MOST_FOLDERS, largest = MOST_LARGEST, samples = MOST_SAMPLES } = {}): TallyDocument {
    const pace = this.#pace.toDocument();
    const first = (kind: Kind) => this.#samples[kind].slice(0, samples);
    return {
      copied: this.#copied.toRecord(),
      deleted: this.#deleted.toRecord()[''] ?? { objects: 0, bytes: 0 },
      differs: this.#differs.toRecord(),
      leftOut: this.#leftOut.toRecord(),
      ...this.#folders.top(folders),
      largest: this.#largest.slice(0, largest),
      samples: { created: first('created'), overwritten: first('overwritten'), deleted: first('deleted') },
      failures: this.#failures.toArray(),
      ...(pace && { pace }),
    };
  }

  #addCopy({ key, reason, sizeBytes, outcome, time }: ReportLine, amount: Amount): void {
    this.#copied.add(reason, amount);
    this.#folders.add(key, 'copied', amount);
    this.#keepLargest({ key, sizeBytes });
    keepFirst(this.#samples[reason === 'missing' ? 'created' : 'overwritten'], key);
    if (outcome === 'done') this.#pace.add(Date.parse(time), { copied: 1, bytes: sizeBytes, deleted: 0 });
  }

  #addDelete({ key, outcome, time }: ReportLine, amount: Amount): void {
    this.#deleted.add('', amount);
    this.#folders.add(key, 'deleted', amount);
    keepFirst(this.#samples.deleted, key);
    if (outcome === 'done') this.#pace.add(Date.parse(time), { copied: 0, bytes: 0, deleted: 1 });
  }

  #keepLargest(object: LargeObject): void {
    const last = this.#largest.at(-1);
    if (this.#largest.length === MOST_LARGEST && last && last.sizeBytes >= object.sizeBytes) return;
    this.#largest = [...this.#largest, object].sort((a, b) => b.sizeBytes - a.sizeBytes).slice(0, MOST_LARGEST);
  }
}

/** Keeps the first keys in order. */
function keepFirst(keys: string[], key: string): void {
  const last = keys.at(-1);
  if (keys.length === MOST_SAMPLES && last !== undefined && compareKeys(last, key) <= 0) return;
  keys.push(key);
  if (last === undefined || compareKeys(last, key) <= 0) return;
  keys.sort(compareKeys);
  if (keys.length > MOST_SAMPLES) keys.pop();
}
