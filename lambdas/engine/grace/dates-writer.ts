import type { KeyRange, Phase, RangeInput, Run } from '../../../statemachine/contract';
import { Lanes, type Part } from '../keys/lanes';
import type { RunStore } from '../ports/run-store';
import { generationOf, sha256 } from '../remembered/files';
import { partOf } from './dates';
import type { IndexFile } from './index-file';
import type { DatesPart } from './layers';
import type { FilesOfDates } from './place-of-dates';

const RECORDS_PER_PART = 16_384;
/** For all walks of a Task together. */
const MOST_PARTS_AT_HAND = 16;

/** Takes the records of one walk. @param key  in the place of the dates @returns a promise to wait for while a part is written */
export type DatesLane = (key: string, record: string) => Promise<void> | undefined;

/** How the names of all files begin that the Tasks of a phase write. */
export function writersOf(run: Run, { name }: Pick<Phase, 'name'>): string {
  return `${generationOf(run)}-${name}-`;
}

/**
 * Writes down the dates of the orphans that a Task meets. A part is named in the Task's list before it is written, so that no file is
 * ever left that no list names. Only when all parts are written, the list says where the Task has looked: until then, the dates of earlier
 * runs also hold. If a write fails, the Task fails.
 *
 * What belongs to a plan is a part of its report: it is written once, and the report is deleted as a whole.
 */
export class DatesWriter {
  readonly #lanes: Lanes<string>;
  readonly #parts: DatesPart[] = [];
  readonly #generation: string;
  readonly #writer: string;
  readonly #isOfPlan: boolean;
  #lastWrite: Promise<void> = Promise.resolve();

  /**
   * @param files  those of a plan, or `PlaceOfDates`
   * @param invocationId  unique, so that a repeated Task replaces nothing
   * @param ranges  of the Task, in the place of the dates
   */
  constructor(
    private readonly store: RunStore,
    private readonly files: FilesOfDates,
    { run, phase }: Pick<RangeInput, 'run' | 'phase'>,
    invocationId: string,
    ranges: readonly KeyRange[],
  ) {
    this.#lanes = new Lanes(MOST_PARTS_AT_HAND, (part) => this.#write(part), ranges);
    this.#generation = generationOf(run);
    this.#writer = `${writersOf(run, phase)}${invocationId}`;
    this.#isOfPlan = run.input.dryRun;
  }

  openLane(): DatesLane {
    const lane = this.#lanes.open();
    return (key, record) => lane.add(key, record, 1 / RECORDS_PER_PART);
  }

  /** Writes all records that are at hand. @returns whether the Task has any */
  async flush(): Promise<boolean> {
    await this.#lanes.flush();
    await this.#lastWrite;
    return this.#parts.length > 0;
  }

  /** @param looked  where the Task has looked at every key */
  async close(looked: readonly KeyRange[], damaged: ReadonlySet<string>): Promise<void> {
    await this.#writeIndex({ looked, ...(damaged.size > 0 && { damaged: [...damaged] }) });
  }

  #write({ things, first, last }: Part<string>): Promise<void> {
    const index = this.#parts.length;
    const body = partOf(things);
    const part = { name: `${this.files.parts}${this.#writer}-${index}`, first, last, sha256: sha256(body) };
    this.#parts.push({ ...part, pending: true });
    this.#lastWrite = this.#lastWrite
      .then(() => (this.#isOfPlan ? undefined : this.#writeIndex({ looked: [] })))
      .then(() => this.#put(part.name, body))
      .then(() => {
        this.#parts[index] = part;
      });
    this.#lastWrite.catch(() => {}); // each walk, and the end of the Task, meet the error
    return this.#lastWrite;
  }

  #writeIndex({ looked, damaged }: { looked: readonly KeyRange[]; damaged?: readonly string[] }): Promise<void> {
    const layer = { generation: this.#generation, parts: this.#parts, looked };
    const file: IndexFile = { layers: [layer], ...(damaged && { damaged }) };
    return this.#put(`${this.files.indexes}${this.#writer}.json`, JSON.stringify(file));
  }

  async #put(name: string, body: string | Uint8Array): Promise<void> {
    if (this.#isOfPlan) await this.store.putIfAbsent(name, body);
    else await this.store.put(name, body);
  }
}
