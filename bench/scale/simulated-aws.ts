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
  /**
   * What a Distributed Map takes besides its children, however little these do:
   * https://repost.aws/questions/QUn5oKgcnjRTemt39V9hdtyw
   */
  mapOverheadMs: 7000,
  /** Children of a Distributed Map that are started in a second. */
  childrenPerSecond: 100,
  coldStartMs: 1000,
  /**
   * Sandboxes that Lambda makes of a function at once, and in each second from then on:
   * https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html
   */
  burst: 1000,
  newSandboxesPerSecond: 100,
} as const;

export type RangeTaskName = 'CopyRange' | 'DeleteRange';

/** Lets through a fixed number of requests per second, in order. */
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

/** Sandboxes of one function: those that are idle are used again, new ones come as fast as Lambda makes them. */
export class Sandboxes {
  #idle = 0;
  /** When all of the burst is there again. */
  #fullAt = 0;

  constructor(private readonly clock: VirtualClock) {}

  /** Resolves when a sandbox is ready. */
  async take(): Promise<void> {
    if (this.#idle > 0) {
      this.#idle -= 1;
      return;
    }
    const { now } = this.clock;
    const eachMs = 1000 / LIMITS.newSandboxesPerSecond;
    this.#fullAt = Math.max(this.#fullAt, now) + eachMs;
    await this.clock.until(Math.max(now, this.#fullAt - LIMITS.burst * eachMs) + LIMITS.coldStartMs);
  }

  giveBack(): void {
    this.#idle += 1;
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
  readonly #starts: Readonly<Record<RangeTaskName, Rate>>;
  readonly #sandboxes: Readonly<Record<RangeTaskName, Sandboxes>>;
  #running = 0;
  readonly #queued: (() => void)[] = [];
  /** The most invocations that were under way at once. */
  peakConcurrency = 0;
  invocationMs = 0;

  constructor(private readonly clock: VirtualClock) {
    const starts = () => new Rate(clock, LIMITS.childrenPerSecond);
    this.#starts = { CopyRange: starts(), DeleteRange: starts() };
    this.#sandboxes = { CopyRange: new Sandboxes(clock), DeleteRange: new Sandboxes(clock) };
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

  /**
   * A range's invocation. One of several is a child of a Distributed Map, which is started in its turn; each waits where Lambda
   * has no place.
   *
   * @param ranges  of the round: one alone is a plain Task
   */
  async invoke<T>(task: RangeTaskName, ranges: number, work: () => Promise<T>): Promise<T> {
    if (ranges > 1) {
      await this.clock.sleep(LIMITS.mapOverheadMs);
      await this.#starts[task].pass();
    }
    if (this.#running >= LIMITS.concurrency) await new Promise<void>((resolve) => this.#queued.push(resolve));
    this.#running += 1;
    this.peakConcurrency = Math.max(this.peakConcurrency, this.#running);
    const startedAt = this.clock.now;
    await this.#sandboxes[task].take();
    try {
      return await work();
    } finally {
      this.invocationMs += this.clock.now - startedAt;
      this.#running -= 1;
      this.#sandboxes[task].giveBack();
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
