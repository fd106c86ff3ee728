import type { HostContext } from '../../lambdas/host/lambda-host';
import type { TaskName } from '../../local/handlers';
import { rareProgress } from '../../local/rare-progress';
import type { TaskPool as Threads } from '../../local/task-pool';

type Invoke = Parameters<Threads['invoke']>;
type OnReported = ConstructorParameters<typeof Threads>[1];

const LAMBDA_TIMEOUT_MS = 900_000;
const THREADS = 2;

/** Stands for the pool of threads: the handlers run in this thread, with modules and an environment of their own all the same. */
export class TaskPool implements Pick<Threads, 'invoke' | 'interrupt' | 'close'> {
  readonly #interruption = new AbortController();
  readonly #before = { ...process.env };
  readonly #handlers = new Map<TaskName, Handler>();
  #running = 0;

  constructor(
    env: NodeJS.ProcessEnv,
    private readonly onReported?: OnReported,
  ) {
    replaceEnvironment(env);
    jest.isolateModules(() => {
      require('../../local/credential-channel').useCredentialsOfRun();
      for (const [task, file] of Object.entries(FILES)) {
        this.#handlers.set(task as TaskName, require(`../../lambdas/handlers/${file}`).handler);
      }
    });
  }

  /** What crosses to a thread and back is copied. */
  async invoke(...[task, input, onProgress]: Invoke): Promise<unknown> {
    const { TaskError } = jest.requireActual<typeof import('../../local/task-pool')>('../../local/task-pool');
    this.#running += 1;
    try {
      return structuredClone(await this.#handlers.get(task)?.(structuredClone(input), this.#context(onProgress)));
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      throw new TaskError(name, message);
    } finally {
      this.#running -= 1;
    }
  }

  interrupt(): void {
    this.#interruption.abort();
  }

  async close(): Promise<void> {
    replaceEnvironment(this.#before);
  }

  #context(onProgress: Invoke[2]): HostContext {
    const startedAt = Date.now();
    return {
      signal: this.#interruption.signal,
      getRemainingTimeInMillis: () => startedAt + LAMBDA_TIMEOUT_MS - Date.now(),
      ...(this.onReported && {
        onReported: (line) => {
          this.onReported?.([line]);
          return undefined;
        },
      }),
      othersIdle: () => this.#running < THREADS,
      onProgress: rareProgress((progress) => onProgress?.(progress)),
    };
  }
}

type Handler = (input: unknown, context: HostContext) => Promise<unknown>;

const FILES: Record<TaskName, string> = {
  ValidateInput: 'validate-input',
  CopyRange: 'copy-range',
  AdvanceCopy: 'advance-copy',
  DeleteRange: 'delete-range',
  AdvanceDelete: 'advance-delete',
  ClosePhase: 'close-phase',
  FinishRun: 'finish-run',
};

/** Of this process. */
export function replaceEnvironment(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (env[name] === undefined) delete process.env[name];
  for (const [name, value] of Object.entries(env)) if (value !== undefined) process.env[name] = value;
}
