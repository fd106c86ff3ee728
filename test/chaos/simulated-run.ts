import type { Host } from '../../lambdas/engine/ports/host';
import { isRunning } from '../../lambdas/host/is-running';
import { openRunStore } from '../../lambdas/host/run-store/open-run-store';
import { ENGINE_TASKS } from '../../local/engine-tasks';
import type { TaskName } from '../../local/handlers';
import type { Bucket } from '../../local/s3';
import type { RangeInput, RunSummary } from '../../statemachine/contract';
import { isExecutionArn } from '../../statemachine/execution-id';
import { contentsOf } from '../support/contents';
import { FakeExecution } from '../support/execution-history';
import { hostOf, type Mirror, type MirrorOptions } from '../support/mirror';
import { STATE_MACHINE_ARN, type StepFunctions } from '../support/step-functions';
import type { VirtualTime } from './virtual-time';
import { asWriter } from './writer-watch';

/** Where a run takes place: on this machine, with reports here or elsewhere, or in AWS. */
export const PLACES = ['here', 'here, reports elsewhere', 'AWS'] as const;

/** All that takes part in an episode besides the runs. */
export interface World {
  readonly mirror: Mirror;
  readonly service: StepFunctions;
  readonly time: VirtualTime;
  /** Ids of the processes that run on this machine. */
  readonly processes: Set<number>;
  readonly reportsElsewhere: string;
}

export interface RunPlan {
  readonly name: string;
  readonly place: (typeof PLACES)[number];
  readonly source: Bucket;
  readonly destination: Bucket;
  readonly destinationPrefix: string;
  readonly options: Pick<MirrorOptions, 'pageSize'> & { readonly budgetMs: number };
  readonly requestConcurrency: number;
  /** At which of its own requests it is killed or stopped: of all, or of those that write objects. */
  readonly endsAt?: { readonly request?: number; readonly write?: number } | undefined;
}

let processIds = 0;

/** A run that can be killed, or stopped, or whose Tasks can come late. */
export class SimulatedRun {
  summary: RunSummary | undefined;
  /** None of its functions is working any longer. */
  hasEnded = false;
  /** A Task of its loops that was delivered once, to be delivered again when the run is over. */
  readonly #tasks: [TaskName, unknown][] = [];
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #process = ++processIds;
  readonly #execution: FakeExecution | undefined;
  #requests = 0;
  #writes = 0;
  #isKilled = false;
  #wasEqual = false;

  constructor(
    private readonly world: World,
    readonly plan: RunPlan,
  ) {
    if (plan.place !== 'AWS') return;
    const arn = `${STATE_MACHINE_ARN.replace('stateMachine', 'execution')}:${plan.name}`;
    this.#execution = new FakeExecution(arn, plan.name, '{}');
    world.service.executions.push(this.#execution);
  }

  get isOver(): boolean {
    return this.#isKilled || this.summary !== undefined;
  }

  /** Runs to its end, and until none of its functions is working any longer. */
  async run(): Promise<void> {
    this.world.processes.add(this.#process);
    const run = asWriter(this.plan.name, () => this.#execute());
    this.#execution?.end(run);
    this.summary = await run.catch(() => undefined);
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
    this.world.processes.delete(this.#process);
    this.hasEnded = true;
  }

  /** Counts a request of the run. A killed process gets no more answers; functions of a stopped execution go on. */
  onRequest(operation: string): 'at once' | 'late' | 'never' {
    const { request, write } = this.plan.endsAt ?? {};
    this.#requests += 1;
    if (operation === 'CopyObject' || operation === 'DeleteObjects') this.#writes += 1;
    if (this.#requests === request || this.#writes === write) this.#end();
    if (!this.#isKilled) return 'at once';
    return this.#execution === undefined ? 'never' : 'late';
  }

  /** Step Functions may deliver a Task again, when the run has long gone on or is over. It must have no effect by then. */
  async deliverLate(random: () => number): Promise<void> {
    const [task, input] = this.#tasks[Math.floor(random() * this.#tasks.length)] ?? [];
    if (task === undefined) return;
    await asWriter(this.plan.name, () => ENGINE_TASKS[task](input as never, this.#host()) as Promise<unknown>).catch(
      () => {},
    );
  }

  /** A success has made both sides equal, at the moment at which the run let go of its lock. */
  violations(): string[] {
    if (this.summary?.status !== 'succeeded' || this.#wasEqual) return [];
    return [`${this.plan.name} succeeded, and its destination was not equal to its source`];
  }

  #execute(): Promise<RunSummary> {
    const { source, destination, destinationPrefix, requestConcurrency, options } = this.plan;
    const input = {
      source: source.name,
      destination: destination.name,
      prefix: '',
      destinationPrefix,
      requestConcurrency,
    };
    return this.world.mirror.run(
      { ...input, allowEmptySource: true },
      {
        pageSize: options.pageSize,
        host: this.#hostParts(),
        executionId: this.#execution?.arn,
        around: (task, taskInput, invoke) => this.#invoke(task, taskInput, invoke),
      },
    );
  }

  /** Functions that are working when their execution is stopped go on, and no others begin. A killed process does nothing more. */
  async #invoke(task: TaskName, input: unknown, invoke: () => Promise<unknown>): Promise<unknown> {
    if (this.#isKilled) throw new Error('The run has been stopped by force');
    if (task === 'FinishRun') this.#wasEqual = this.#isEqual();
    if ((task === 'CopyRange' || task === 'DeleteRange') && (input as RangeInput).phase.write)
      this.#tasks.push([task, input]);
    const work = invoke();
    this.#underWay.add(work);
    return work.finally(() => this.#underWay.delete(work));
  }

  #end(): void {
    if (this.#isKilled) return;
    this.#isKilled = true;
    this.#execution?.abort(undefined, undefined);
    this.world.processes.delete(this.#process);
  }

  #isEqual(): boolean {
    const { source, destination, destinationPrefix } = this.plan;
    const [there, here] = [contentsOf(source), contentsOf(destination, destinationPrefix)];
    return there.size === here.size && [...there].every(([key, content]) => here.get(key) === content);
  }

  #host(): Host {
    return { ...hostOf({ pageSize: this.plan.options.pageSize }), ...this.#hostParts() };
  }

  #hostParts(): Partial<Host> {
    const { time, processes, reportsElsewhere } = this.world;
    const identity = { boot: 'this', namespaces: 'these', processId: this.#process, startTime: '1' };
    return {
      now: time.now,
      wait: time.wait,
      roundBudgetsMs: [this.plan.options.budgetMs],
      identifyProcess: async () => identity,
      isRunning: async (executionId, startedAt, process) => {
        if (isExecutionArn(executionId)) return isRunning(executionId, startedAt);
        return process === undefined || processes.has(process.processId);
      },
      ...(this.plan.place === 'here, reports elsewhere' && { runStore: openRunStore(reportsElsewhere) }),
    };
  }
}
