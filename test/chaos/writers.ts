import { pathToFileURL } from 'node:url';
import type { Bucket, Fault, RequestInfo } from '../../local/s3';
import { count, type Tally } from '../support/disturbances';
import { FAULTS } from '../support/fault-table';
import type { Mirror } from '../support/mirror';
import { pick, randomOf } from '../support/random';
import { StepFunctions } from '../support/step-functions';
import { temporaryFolder } from '../support/temporary-folder';
import { PLACES, type RunPlan, SimulatedRun, type World } from './simulated-run';
import type { VirtualTime } from './virtual-time';
import { noteWriter, WriterWatch } from './writer-watch';

/** Past it, every lease is over. */
const LONG_MS = 600_000;
const FOLDERS = ['', 'a/', 'a/', 'a/b/', 'c/'];
const PASSING = FAULTS.filter(({ transient }) => transient);

/** Episodes in which several runs write to folders of one destination, from several places, and are killed on the way. */
export class Writers {
  private constructor(private readonly world: World) {}

  static async start(mirror: Mirror, time: VirtualTime): Promise<Writers> {
    const service = await StepFunctions.start(mirror);
    process.env.AWS_ENDPOINT_URL_SFN = service.endpoint;
    const folder = temporaryFolder();
    const reportsElsewhere = pathToFileURL(folder).href;
    return new Writers({ mirror, service, time, processes: new Set(), reportsElsewhere });
  }

  async stop(): Promise<void> {
    await this.world.service.stop();
  }

  async play(seed: number, tally: Tally): Promise<string[]> {
    const { mirror } = this.world;
    const episode = new WritersEpisode(this.world, seed, tally);
    mirror.overlooksLock = false;
    mirror.s3.tellsOwnTime = true; // leases are judged by it
    try {
      return await episode.play();
    } finally {
      mirror.s3.onRequest = undefined;
      mirror.overlooksLock = true;
      mirror.s3.tellsOwnTime = false;
    }
  }
}

/** A run, and at which request of all it starts. */
interface Scheduled {
  readonly run: SimulatedRun;
  readonly startsAt: number;
  started?: Promise<void>;
}

class WritersEpisode {
  readonly #random: () => number;
  readonly #destination: Bucket;
  readonly #sources: readonly Bucket[];
  readonly #watch: WriterWatch;
  readonly #scheduled: Scheduled[];
  readonly #late: Promise<void>[] = [];
  #requests = 0;
  #faultRate = 0;

  constructor(
    private readonly world: World,
    private readonly seed: number,
    private readonly tally: Tally,
  ) {
    this.#random = randomOf(seed);
    const { s3 } = world.mirror;
    this.#sources = [0, 1].map((index) => s3.createBucket(`source-${index}-of-writers-${seed}`));
    this.#destination = s3.createBucket(`destination-of-writers-${seed}`);
    this.#fill();
    this.#watch = new WriterWatch(this.#destination, (writer) => {
      const isOver = this.#scheduled.some(({ run }) => run.plan.name === writer && run.isOver);
      if (isOver) count(tally, 'writers, writes of a run that was stopped');
    });
    this.#faultRate = pick([0, 0, 0.02], this.#random);
    this.#scheduled = Array.from({ length: 2 + this.#number(3) }, (_, index) => ({
      run: new SimulatedRun(world, this.#plan(index)),
      startsAt: this.#number(pick([10, 80, 300], this.#random)),
    }));
  }

  async play(): Promise<string[]> {
    this.world.mirror.s3.onRequest = (request) => this.#onRequest(request);
    this.#startThose(() => true, 1);
    for (let next = this.#running(); next.length > 0; next = this.#running()) {
      await Promise.all(next);
      this.#startThose(() => true, 1);
    }
    await Promise.all(this.#late);
    for (const { run } of this.#scheduled) count(this.tally, `writers, runs: ${describeEnd(run)}`);
    const violations = this.#scheduled.flatMap(({ run }) => run.violations());
    violations.push(...(await this.#runUndisturbed()), ...this.#watch.violations());
    return violations;
  }

  #number(most: number): number {
    return Math.floor(this.#random() * most);
  }

  #fill(): void {
    const names = ['a/b/k', 'a/k', 'c/k', 'k', 'b/k', 'z'];
    for (const [index, source] of this.#sources.entries()) {
      for (let number = 0; number < 4 + this.#number(40); number++)
        source.put(`${pick(names, this.#random)}${number}`, `of ${index}`);
    }
    for (let number = 0; number < this.#number(20); number++)
      this.#destination.put(`${pick(names, this.#random)}${number}`, 'of before');
  }

  #plan(index: number): RunPlan {
    const place = pick([...PLACES, 'AWS'] as const, this.#random);
    const plan: RunPlan = {
      name: `run ${index} of ${this.seed}, ${place}`,
      place,
      source: pick(this.#sources, this.#random),
      destination: this.#destination,
      destinationPrefix: pick(FOLDERS, this.#random),
      options: { pageSize: 1 + this.#number(6), budgetMs: pick([1, 20, 60_000], this.#random) },
      requestConcurrency: pick([1, 2, 256], this.#random),
      endsAt: pick(
        [undefined, undefined, { request: 1 + this.#number(60) }, { write: 2 + this.#number(8) }],
        this.#random,
      ),
    };
    this.#watch.register(plan.name, plan.destinationPrefix);
    return plan;
  }

  #onRequest(request: RequestInfo): Fault | undefined {
    const writer = noteWriter(request);
    this.#requests += 1;
    this.#startThose(({ startsAt }) => startsAt <= this.#requests);
    const run = this.#scheduled.find(({ run }) => run.plan.name === writer)?.run;
    const answers = run?.onRequest(request.operation);
    if (answers === 'never') return 'reset';
    // What is left of a run is slow, and another one soon there.
    if (answers === 'late') {
      this.#startThose(() => true, 1);
      return { delayMs: this.#number(100) };
    }
    if (this.#random() < 0.01) this.#deliverLate();
    if (this.#random() < 0.05) return { delayMs: this.#number(20) };
    if (this.#random() >= this.#faultRate) return undefined;
    const { name, fault } = pick(
      PASSING.filter(({ on }) => on.test(request.operation)),
      this.#random,
    );
    count(this.tally, `writers, ${name}`);
    return fault;
  }

  /** Starts those that are due, at most so many. */
  #startThose(isDue: (scheduled: Scheduled) => boolean, most = Number.POSITIVE_INFINITY): void {
    const due = this.#scheduled.filter((scheduled) => scheduled.started === undefined && isDue(scheduled));
    for (const scheduled of due.slice(0, most)) scheduled.started = scheduled.run.run();
  }

  #running(): Promise<void>[] {
    return this.#scheduled.filter(({ run }) => !run.hasEnded).flatMap(({ started }) => started ?? []);
  }

  #deliverLate(): void {
    const over = this.#scheduled.filter(({ run }) => run.isOver);
    if (over.length === 0) return;
    count(this.tally, 'writers, Tasks delivered late');
    this.#late.push(pick(over, this.#random).run.deliverLate(this.#random));
  }

  /** Whatever was left behind, a run that can prove that all others have ended writes, and the next one has nothing to do. */
  async #runUndisturbed(): Promise<string[]> {
    this.#faultRate = 0;
    this.world.mirror.s3.onRequest = (request) => {
      noteWriter(request);
      return undefined;
    };
    await this.world.time.wait(LONG_MS);
    const plan = {
      ...this.#plan(this.#scheduled.length),
      place: 'AWS',
      destinationPrefix: '',
      endsAt: undefined,
    } as const;
    this.#watch.register(plan.name, '');
    const [first, second] = [
      new SimulatedRun(this.world, plan),
      new SimulatedRun(this.world, { ...plan, name: `${plan.name}, again` }),
    ];
    await first.run();
    if (first.summary?.status !== 'succeeded') {
      return [`the lock of a run that has ended holds up others: ${JSON.stringify(first.summary?.error)}`];
    }
    await second.run();
    const { copied = 0, deleted = 0 } = second.summary?.totals ?? {};
    return copied + deleted === 0 ? first.violations() : [`the last run copied ${copied} and deleted ${deleted}`];
  }
}

function describeEnd({ summary, isOver, plan }: SimulatedRun): string {
  const end =
    summary === undefined ? (isOver ? 'ended by force' : 'without a summary') : (summary.error?.name ?? 'succeeded');
  return `${plan.place}: ${end}`;
}
