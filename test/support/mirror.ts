import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { lambdaHost } from '../../lambdas/aws/lambda-host';
import { advanceLoop } from '../../lambdas/engine/advance-loop';
import { closePhase } from '../../lambdas/engine/close-phase';
import { copyRange } from '../../lambdas/engine/copy-range';
import { deleteRange } from '../../lambdas/engine/delete-range';
import { finishRun } from '../../lambdas/engine/finish-run';
import type { Host } from '../../lambdas/engine/host';
import { validateInput } from '../../lambdas/engine/validate-input';
import { type Invoke, runExecution } from '../../local/execution';
import type { TaskName } from '../../local/handlers';
import { type S3Server, type S3ServerOptions, startS3 } from '../../local/s3';
import { ENVIRONMENT, type RunSummary, type SyncRequest } from '../../statemachine/contract';

/** How one run differs from one in AWS. */
export interface MirrorOptions {
  readonly pageSize?: number;
  /** Replaces parts of the host: clock, budgets, signal, … */
  readonly host?: Partial<Host>;
  /** Wraps every Task, to see or to fail it. */
  readonly around?: (task: TaskName, input: unknown, invoke: () => Promise<unknown>) => Promise<unknown>;
}

/**
 * The whole mirror in this process: the real state machine, handlers and SDK over HTTP against an embedded S3.
 * One for a test file: the SDK's clients keep the endpoint that they first saw.
 */
export class Mirror {
  readonly runsFolder = mkdtempSync(join(tmpdir(), 'bucketsync-test-'));
  #pairs = 0;

  private constructor(readonly s3: S3Server) {}

  static async start(options: S3ServerOptions = {}): Promise<Mirror> {
    const mirror = new Mirror(await startS3(options));
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: mirror.s3.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
      [ENVIRONMENT.reportLocation]: pathToFileURL(mirror.runsFolder).href,
      [ENVIRONMENT.roundBudgetsMs]: '60000',
    });
    return mirror;
  }

  async stop(): Promise<void> {
    await this.s3.close();
    rmSync(this.runsFolder, { recursive: true });
  }

  /** Two new buckets. */
  createPair() {
    this.#pairs += 1;
    return {
      source: this.s3.createBucket(`source-${this.#pairs}`),
      destination: this.s3.createBucket(`destination-${this.#pairs}`),
    };
  }

  run(input: SyncRequest | unknown, options: MirrorOptions = {}): Promise<RunSummary> {
    const { around = (_task, _input, invoke) => invoke() } = options;
    const invoke: Invoke = (task, taskInput) =>
      around(task, taskInput, async () => tasks[task](taskInput as never, host(options)));
    const atOnce = {
      ValidateInput: 0,
      CopyRange: 0,
      DeleteRange: 0,
      AdvanceCopy: 0,
      AdvanceDelete: 0,
      ClosePhase: 0,
      FinishRun: 0,
    };
    return runExecution(input, invoke, atOnce);
  }
}

function host({ pageSize = 1000, host: overrides }: MirrorOptions): Host {
  process.env[ENVIRONMENT.pageSize] = String(pageSize);
  return { ...lambdaHost({ getRemainingTimeInMillis: () => 900_000 }), ...overrides };
}

const tasks: Record<TaskName, (input: never, host: Host) => unknown> = {
  ValidateInput: validateInput,
  CopyRange: copyRange,
  AdvanceCopy: advanceLoop,
  DeleteRange: deleteRange,
  AdvanceDelete: advanceLoop,
  ClosePhase: (input, { roundBudgetsMs }) => closePhase(input, roundBudgetsMs),
  FinishRun: finishRun,
};
