import { setTimeout as sleep } from 'node:timers/promises';
import type { ReportLine } from '../statemachine/contract';

/** So many lines may be under way from the threads to the screen. Then the threads wait, so that no run fills the memory. */
const MOST_UNSEEN = 2_000;
const SEND_EVERY_MS = 50;
const LOOK_EVERY_MS = 10;

/** Sends the lines of a thread to the screen, some at once. */
export class LineSender {
  #lines: ReportLine[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param unseen  counts the lines of all threads that are not on the screen yet */
  constructor(
    private readonly unseen: Int32Array,
    private readonly send: (lines: readonly ReportLine[]) => void,
  ) {}

  /** @returns a promise to wait for if too many lines are under way */
  add(line: ReportLine): Promise<void> | undefined {
    this.#lines.push(line);
    Atomics.add(this.unseen, 0, 1);
    this.#timer ??= setTimeout(() => this.flush(), SEND_EVERY_MS);
    return Atomics.load(this.unseen, 0) < MOST_UNSEEN ? undefined : this.#roomForMore();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#lines;
    this.#lines = [];
    if (lines.length > 0) this.send(lines);
  }

  async #roomForMore(): Promise<void> {
    this.flush();
    while (Atomics.load(this.unseen, 0) >= MOST_UNSEEN) await sleep(LOOK_EVERY_MS);
  }
}

/** Waits until all lines that were sent are on the screen, but not for threads that have died. */
export async function untilSeen(unseen: Int32Array, mostMs: number): Promise<void> {
  for (let waited = 0; waited < mostMs && Atomics.load(unseen, 0) > 0; waited += LOOK_EVERY_MS)
    await sleep(LOOK_EVERY_MS);
}
