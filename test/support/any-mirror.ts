import { pathToFileURL } from 'node:url';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import type { Host } from '../../lambdas/engine/ports/host';
import type { LogSettings } from '../../lambdas/host/log/task-log';
import { withLog } from '../../lambdas/host/log/with-log';
import { ENGINE_TASKS } from '../../local/engine-tasks';
import { type Invoke, runExecution } from '../../local/execution';
import type { TaskName } from '../../local/handlers';
import {
  type Bucket,
  type BucketOptions,
  type Fault,
  type S3Server,
  type S3ServerOptions,
  TEST_CREDENTIALS,
} from '../../local/s3';
import { PROBE_NAME, type RangeShare, type RunSummary, type SyncRequest } from '../../statemachine/contract';
import { RESERVED_FOLDER } from '../../statemachine/reserved-folder';
import { asTask } from '../permissions/task-context';
import { TaskIam } from '../permissions/task-iam';
import { temporaryFolder } from './temporary-folder';

/** How one run differs from one in AWS. */
export interface MirrorOptions {
  readonly pageSize?: number;
  /** One range, one walker: list requests come one after the other, so that a test can count on their order. */
  readonly serial?: boolean;
  /** Replaces parts of the host: clock, budgets, signal, … */
  readonly host?: Partial<Host>;
  /** The ARN of the execution that it is, as in AWS. */
  readonly executionId?: string | undefined;
  /** Where Tasks write their log. Absent: there is none, as in a local run. */
  readonly log?: LogSettings;
  /** When it began, if not now. */
  readonly startedAt?: Date | undefined;
  /** That of an earlier deployment. */
  readonly definition?: StateMachineDefinition;
  /** Wraps every Task, to see or to fail it. */
  readonly around?: (task: TaskName, input: unknown, invoke: () => Promise<unknown>) => Promise<unknown>;
}

/** Older than what a run writes by the system's clock, so that a copy is newer than its source. */
export const past = new Date('2026-01-01T00:00:00Z');

/**
 * The mirror of a test file, which no test inherits another's faults or counts from.
 *
 * One for a file: the SDK's clients keep the endpoint that they first saw.
 */
export function useMirrorOf<Kind extends AnyMirror>(mirror: Kind, options: S3ServerOptions): Kind {
  beforeAll(() => mirror.start(options));
  afterAll(() => mirror.stop());
  afterEach(() => expect(mirror.iam.denials.splice(0)).toEqual([]));
  beforeEach(() => {
    mirror.s3.onRequest = undefined;
    mirror.s3.credentials = options.credentials ?? [TEST_CREDENTIALS];
    mirror.overlooksLock = true;
    mirror.overlooksProbes = true;
    mirror.s3.requests.reset();
  });
  return mirror;
}

/** The whole mirror in this process: the real state machine and the real engine against an embedded S3. */
export abstract class AnyMirror {
  readonly runsFolder = temporaryFolder();
  /** There once it has started. */
  s3!: S3Server;
  /** Judges the requests of the Tasks by the roles that are deployed. */
  iam!: TaskIam;
  /** Requests about the lock of a destination are neither counted nor shown to `s3.onRequest`. */
  overlooksLock = true;
  /** The copies that cannot be made, by which a run finds out what the destination enforces. */
  overlooksProbes = true;
  /** Whether both loops walk the buckets and act at once, for suites whose subject is that. */
  walksAndActs = false;
  #pairs = 0;

  async start(options: S3ServerOptions): Promise<void> {
    this.s3 = await this.open(options);
    this.iam = new TaskIam(this.s3);
    this.s3.overlooks = ({ operation, key = '' }) =>
      (this.overlooksLock && key.startsWith(RESERVED_FOLDER)) ||
      (this.overlooksProbes && operation === 'CopyObject' && key.includes(PROBE_NAME));
    this.s3.authorize = (request) => this.iam.authorize(request);
  }

  /** Makes the S3 that is mirrored. */
  protected abstract open(options: S3ServerOptions): Promise<S3Server>;
  /** The host of a Task. */
  abstract hostOf(options?: MirrorOptions): Host;
  /** Whether its requests can go wrong in this way. */
  abstract canMeet(fault: Fault): boolean;
  abstract stop(): Promise<void>;

  get reportLocation(): string {
    return pathToFileURL(this.runsFolder).href;
  }

  /** Two new buckets, and the input that mirrors one into the other. */
  createPair(options: { readonly source?: BucketOptions; readonly destination?: BucketOptions } = {}) {
    this.#pairs += 1;
    const source = this.s3.createBucket(`source-${this.#pairs}`, options.source);
    const destination = this.s3.createBucket(`destination-${this.#pairs}`, options.destination);
    dateLockBySystem(destination);
    const input = { source: source.name, destination: destination.name, ...(this.walksAndActs && { plan: false }) };
    return { source, destination, input };
  }

  /** What `ValidateInput` asks for, once a run, is left out of the counts: they are those of the loops. */
  run(input: SyncRequest | unknown, options: MirrorOptions = {}): Promise<RunSummary> {
    const { around = (_task, _input, invoke) => invoke() } = options;
    const [{ input: deployed } = {}] = options.host?.mirrors ?? [];
    const runTask = (task: TaskName, taskInput: unknown) => {
      const prepared = prepare(taskInput, options);
      const invokeTask = () =>
        withLog(task, prepared, this.hostOf(options), options.log, (host) =>
          ENGINE_TASKS[task](prepared as never, host),
        );
      return asTask(task, taskInput, invokeTask, deployed);
    };
    const invoke: Invoke = (task, taskInput) =>
      around(task, taskInput, () => {
        const result = () => runTask(task, taskInput);
        return task === 'ValidateInput' ? this.#uncounted(result) : result();
      });
    const atOnce = {
      ValidateInput: 0,
      CopyRange: 0,
      CopyOneRange: 0,
      DeleteRange: 0,
      DeleteOneRange: 0,
      AdvanceCopy: 0,
      AdvanceDelete: 0,
      ClosePhase: 0,
      FinishRun: 0,
    };
    return runExecution(input, invoke, atOnce, options.definition);
  }

  async #uncounted<T>(invoke: () => Promise<T>): Promise<T> {
    const before = Object.entries(this.s3.requests.byOperation());
    try {
      return await invoke();
    } finally {
      this.s3.requests.reset();
      for (const [operation, count] of before) {
        for (let index = 0; index < count; index++) this.s3.requests.add(operation);
      }
    }
  }
}

/** The age of a lock is told by the `Date` of answers, which is the system's, also where `LastModified` is not. */
function dateLockBySystem(destination: Bucket): void {
  const add = destination.add.bind(destination);
  destination.add = (content) =>
    add(
      content.key.startsWith(RESERVED_FOLDER)
        ? { ...content, lastModified: content.lastModified ?? new Date() }
        : content,
    );
}

function prepare(input: unknown, { serial, executionId, startedAt }: MirrorOptions): unknown {
  const given = input as { readonly share?: RangeShare; readonly executionId?: string; readonly startedAt?: string };
  return {
    ...given,
    ...(serial && given.share && { share: { ...given.share, walkers: 1 } }),
    ...(startedAt !== undefined && given.startedAt !== undefined && { startedAt: startedAt.toISOString() }),
    ...(executionId !== undefined && given.executionId !== undefined && { executionId }),
  };
}
