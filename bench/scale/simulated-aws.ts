import { KeySpace } from './key-space';
import type { VirtualClock } from './virtual-clock';
import type { Conditions } from './virtual-side';

/** The limits and speeds of AWS that the simulation keeps to. */
export const LIMITS = {
  /** Milliseconds until S3 answers. */
  listMs: 80,
  copyMs: 40,
  deleteMs: 40,
  /** CPU of one handler, which has one core, in milliseconds. */
  cpuMsPerPage: 2,
  cpuMsPerCopy: 0.2,
  /** Requests a second that S3 takes in each partition; here each top folder of a bucket is one. */
  readsPerSecond: 5500,
  writesPerSecond: 3500,
  /** Lambda invocations at once, for both loops together. */
  concurrency: 1000,
  /** Children of a Distributed Map that are started in a second. */
  childrenPerSecond: 100,
  coldStartMs: 1000,
} as const;

/** Lets so many through in a second, each in its turn. */
class Rate {
  #free = 0;

  constructor(
    private readonly clock: VirtualClock,
    private readonly perSecond: number,
  ) {}

  async pass(): Promise<void> {
    const turn = Math.max(this.#free, this.clock.now);
    this.#free = turn + 1000 / this.perSecond;
    await this.clock.until(turn);
  }
}

/** A core that does one thing after the other. */
class Core {
  #free = 0;

  constructor(private readonly clock: VirtualClock) {}

  async work(milliseconds: number): Promise<void> {
    this.#free = Math.max(this.#free, this.clock.now) + milliseconds;
    await this.clock.until(this.#free);
  }
}

/** S3 and Lambda as the simulated run meets them. */
export class SimulatedAws {
  readonly #reads = new Map<string, Rate>();
  readonly #writes = new Map<string, Rate>();
  readonly #starts: Readonly<Record<'CopyRange' | 'DeleteRange', Rate>>;
  #running = 0;
  readonly #queued: (() => void)[] = [];
  /** The most invocations that were under way at once. */
  peakConcurrency = 0;
  invocationMs = 0;

  constructor(private readonly clock: VirtualClock) {
    const starts = () => new Rate(clock, LIMITS.childrenPerSecond);
    this.#starts = { CopyRange: starts(), DeleteRange: starts() };
  }

  /** Conditions of one invocation. @param pageSize  simulated keys on a page */
  conditions(pageSize: number): Conditions {
    const core = new Core(this.clock);
    const request = async (rate: Rate, latencyMs: number, cpuMs: number) => {
      await rate.pass();
      await this.clock.sleep(latencyMs);
      await core.work(cpuMs);
    };
    return {
      pageSize,
      list: (key) => request(this.#rate(this.#reads, key, LIMITS.readsPerSecond), LIMITS.listMs, LIMITS.cpuMsPerPage),
      copy: (key) => request(this.#rate(this.#writes, key, LIMITS.writesPerSecond), LIMITS.copyMs, LIMITS.cpuMsPerCopy),
      delete: (key) => request(this.#rate(this.#writes, key, LIMITS.writesPerSecond), LIMITS.deleteMs, 1),
    };
  }

  /** A range's invocation: its child execution is started in its turn, and waits where Lambda has no place. */
  async invoke<T>(task: 'CopyRange' | 'DeleteRange', work: () => Promise<T>): Promise<T> {
    await this.#starts[task].pass();
    if (this.#running >= LIMITS.concurrency) await new Promise<void>((resolve) => this.#queued.push(resolve));
    this.#running += 1;
    this.peakConcurrency = Math.max(this.peakConcurrency, this.#running);
    const startedAt = this.clock.now;
    await this.clock.sleep(LIMITS.coldStartMs);
    try {
      return await work();
    } finally {
      this.invocationMs += this.clock.now - startedAt;
      this.#running -= 1;
      this.#queued.shift()?.();
    }
  }

  #rate(rates: Map<string, Rate>, key: string, perSecond: number): Rate {
    const folder = KeySpace.folderOf(key);
    const known = rates.get(folder);
    if (known) return known;
    const rate = new Rate(this.clock, perSecond);
    rates.set(folder, rate);
    return rate;
  }
}
