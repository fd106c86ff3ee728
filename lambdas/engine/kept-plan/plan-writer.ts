import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { compareKeys } from '../keys/compare-keys';
import { type RunStore, runFolder } from '../ports/run-store';
import { writeOnce } from '../report/write-once';
import { addTotals, NOTHING_PLANNED, nameOfTask, type PlanPart, planFolder, sha256 } from './plan-index';
import { type PlannedAction, totalsOf } from './planned-action';

/** A part is full with so many characters, because a reader holds a whole part in memory. */
const CHARACTERS_PER_PART = 4 * 1024 ** 2;
/** Large objects fill a part sooner, so that Tasks can share them. */
const BYTES_PER_PART = 64 * 1024 ** 3;
/** For all lanes of a Task together. */
const MOST_CHARACTERS_AT_HAND = 8 * CHARACTERS_PER_PART;

/** Takes what one walk plans. A walk meets neighbouring keys, so its parts cover a narrow range of keys. */
export interface PlanLane {
  /** @returns a promise to wait for while a part is written */
  add(action: PlannedAction): Promise<void> | undefined;
}

/** Keeps what a Task plans: lines of JSON in the order of their keys, compressed by gzip, in parts below the run's folder. */
export class PlanWriter {
  readonly #lanes = new Set<Lane>();
  readonly #parts: PlanPart[] = [];
  #characters = 0;
  #written = 0;
  #writing: Promise<void> = Promise.resolve();
  #error: unknown;

  /** @param writer  names the Task and its attempt, so that a repeated Task replaces nothing */
  constructor(
    private readonly store: RunStore,
    private readonly runId: string,
    private readonly writer: string,
  ) {}

  openLane(): PlanLane {
    const lane = new Lane();
    this.#lanes.add(lane);
    return { add: (action) => this.#add(lane, action) };
  }

  /**
   * @returns whether anything was planned
   * @throws the first error that any part met: without it, the plan would lack actions
   */
  async close(): Promise<boolean> {
    await this.#flushAll();
    if (this.#error !== undefined) throw this.#error;
    if (this.#parts.length === 0) return false;
    await writeOnce(this.store, nameOfTask(this.runId, this.writer), JSON.stringify(this.#parts));
    return true;
  }

  #add(lane: Lane, action: PlannedAction): Promise<void> | undefined {
    this.#characters += lane.add(action);
    if (lane.isFull) return this.#write([lane]);
    return this.#characters < MOST_CHARACTERS_AT_HAND ? undefined : this.#flushAll();
  }

  /** Lanes with few actions share a part. */
  async #flushAll(): Promise<void> {
    const lanes = [...this.#lanes]
      .filter(({ characters }) => characters > 0)
      .sort((a, b) => compareKeys(a.first, b.first));
    let together: Lane[] = [];
    for (const lane of lanes) {
      together.push(lane);
      if (together.reduce((sum, { characters }) => sum + characters, 0) < CHARACTERS_PER_PART) continue;
      void this.#write(together);
      together = [];
    }
    void this.#write(together);
    await this.#writing;
  }

  #write(lanes: readonly Lane[]): Promise<void> {
    const actions = lanes.flatMap((lane) => {
      this.#characters -= lane.characters;
      return lane.take();
    });
    if (actions.length === 0) return this.#writing;
    const name = `${planFolder(this.runId)}/parts/${this.writer}-${this.#written++}.jsonl.gz`;
    this.#writing = this.#writing
      .then(() => this.#store(name, actions))
      .catch((error) => {
        this.#error ??= error;
      });
    return this.#writing;
  }

  async #store(name: string, actions: readonly PlannedAction[]): Promise<void> {
    const sorted = [...actions].sort((a, b) => compareKeys(a.key, b.key));
    const [first, last] = [sorted[0], sorted.at(-1)];
    if (!first || !last) return;
    const body = await promisify(gzip)(`${sorted.map((action) => JSON.stringify(action)).join('\n')}\n`);
    await writeOnce(this.store, name, body);
    const totals = sorted.map(totalsOf).reduce(addTotals, NOTHING_PLANNED);
    this.#parts.push({
      name: name.slice(runFolder(this.runId).length + 1),
      first: first.key,
      last: last.key,
      sha256: sha256(body),
      ...totals,
    });
  }
}

class Lane {
  #actions: PlannedAction[] = [];
  #bytes = 0;
  characters = 0;
  first = '';

  get isFull(): boolean {
    return this.characters >= CHARACTERS_PER_PART || this.#bytes >= BYTES_PER_PART;
  }

  /** Keys come in no order, because some objects take longer to decide. @returns about how many characters were added */
  add(action: PlannedAction): number {
    const { key, source } = action;
    if (this.#actions.length === 0 || compareKeys(key, this.first) < 0) this.first = key;
    this.#actions.push(action);
    this.#bytes += source?.sizeBytes ?? 0;
    const added = JSON.stringify(action).length;
    this.characters += added;
    return added;
  }

  take(): PlannedAction[] {
    const actions = this.#actions;
    [this.#actions, this.#bytes, this.characters] = [[], 0, 0];
    return actions;
  }
}
