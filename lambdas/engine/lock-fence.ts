import type { RangeInput } from '../../statemachine/contract';
import { AlreadyRunningError, type BucketsyncError, InterruptedError } from '../../statemachine/errors';
import type { Host } from './host';
import type { ObjectDestination } from './object-store';
import { type FoundLock, findLock, LOCK_GOOD_FOR_MS } from './run-lock';

/** How long a run may go on while its lock cannot be read: six looks, each of six attempts. */
const MOST_WITHOUT_LOCK_MS = 60_000;
/** While something waits for the lock to be read. */
const BETWEEN_LOOKS_MS = 1_000;

/**
 * Keeps a Task from writing for a run that has lost its lock.
 *
 * A function that is at work when its execution is stopped by force goes on for minutes, and Step Functions may deliver
 * a Task late: the next run has the lock by then. So a Task reads the lock at its start, and sends nothing that writes
 * unless it has seen within the last ten seconds that the lock is its run's own. In between it asks S3 nothing.
 *
 * | the lock                       | the Task                                                               |
 * | ------------------------------ | ---------------------------------------------------------------------- |
 * | names this run                 | goes on                                                                |
 * | names another run              | ends with AlreadyRunningError                                          |
 * | is gone, or says that it ended | ends with InterruptedError                                             |
 * | cannot be read                 | goes on, but for writes, which wait until it can be read again         |
 * | could not be read for a minute | ends with InterruptedError                                             |
 */
export class LockFence {
  /** Where the phase writes nothing, there may be no lock. */
  readonly #isNeeded: boolean;
  #lookedAt = 0;
  /** When the run held the lock for certain; until that is known, the Task's start. */
  #heldAt = 0;
  #isKnown = false;
  #look: Promise<void> | undefined;
  #lost: BucketsyncError | undefined;

  constructor(
    private readonly input: RangeInput,
    private readonly host: Host,
  ) {
    this.#isNeeded = input.phase.write;
  }

  /** Why the run may not write any more. */
  get lost(): BucketsyncError | undefined {
    return this.#lost;
  }

  /** Reads the lock, before anything else is done. @throws AlreadyRunningError | InterruptedError */
  async start(): Promise<void> {
    if (!this.#isNeeded) return;
    this.#heldAt = this.host.now();
    await this.#lookAgain();
    while (!this.#isKnown && !this.#lost && !this.host.signal.aborted) {
      await this.host.wait(LOCK_GOOD_FOR_MS);
      await this.#lookAgain();
    }
    this.#requireHeld();
  }

  /** Looks again if it is time, but waits for nothing. @returns whether the run is known to have lost its lock */
  check(now: number): boolean {
    if (this.#isNeeded && now - this.#lookedAt >= LOCK_GOOD_FOR_MS) void this.#lookAgain();
    return this.#lost !== undefined;
  }

  /** Resolves, mostly at once, when a request that writes may be sent. @throws AlreadyRunningError | InterruptedError */
  async pass(): Promise<void> {
    if (!this.#isNeeded) return;
    if (this.#look || this.#isOld(this.#lookedAt)) await this.#lookAgain();
    while (this.#isOld(this.#heldAt) && !this.#lost) {
      await this.host.wait(BETWEEN_LOOKS_MS);
      await this.#lookAgain();
    }
    this.#requireHeld();
  }

  /** Also where the clock was put back. */
  #isOld(moment: number): boolean {
    return Math.abs(this.host.now() - moment) >= LOCK_GOOD_FOR_MS;
  }

  #requireHeld(): void {
    if (this.#lost) throw this.#lost;
  }

  /** Never rejects. All that come meanwhile share one look. */
  #lookAgain(): Promise<void> {
    this.#look ??= this.#readLock()
      .catch((error: unknown) => {
        if (this.host.now() - this.#heldAt >= MOST_WITHOUT_LOCK_MS) this.#lost ??= this.#unreadable(error);
      })
      .finally(() => {
        this.#look = undefined;
      });
    return this.#look;
  }

  async #readLock(): Promise<void> {
    // the answer may be of any moment since
    const askedAt = this.host.now();
    this.#lookedAt = askedAt;
    const { run } = this.input;
    const found = await findLock(run.input, this.host.runStore);
    if (found?.holder?.executionId !== run.executionId || found.holder.ended) {
      this.#lost ??= this.#describe(found);
      return;
    }
    this.#heldAt = askedAt;
    this.#isKnown = true;
  }

  #describe(found: FoundLock | undefined): BucketsyncError {
    if (!found?.holder) {
      return new InterruptedError(
        `Somebody removed this run's lock of ${this.#folder}, so that another run may write there: this one writes no more`,
      );
    }
    const { executionId, startedAt, ended } = found.holder;
    if (ended && executionId === this.input.run.executionId) {
      return new InterruptedError(`This run of ${this.#folder} has ended, so it writes no more`);
    }
    return new AlreadyRunningError(
      `Another run, which began at ${startedAt}, has taken this run's lock of ${this.#folder} over: ${executionId}. ` +
        'This one was taken for ended, and writes no more',
    );
  }

  #unreadable(error: unknown): BucketsyncError {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return new InterruptedError(
      `This run's lock of ${this.#folder} could not be read for a minute, so it may be another run's by now: ${reason}`,
      { cause: error },
    );
  }

  get #folder(): string {
    const { destination, destinationPrefix } = this.input.run.input;
    return `s3://${destination}/${destinationPrefix}`;
  }
}

/** The same destination, but what writes to it waits for `fence`. What aborts an upload of the run's own needs no lock. */
export function fenced(destination: ObjectDestination, fence: LockFence): ObjectDestination {
  const { uploads } = destination;
  const passing =
    <Request, Answer>(send: (request: Request) => Promise<Answer>) =>
    async (request: Request) => {
      await fence.pass();
      return send(request);
    };
  return {
    listPage: (request) => destination.listPage(request),
    headObject: (key, options) => destination.headObject(key, options),
    headPart: (key, part) => destination.headPart(key, part),
    listPartSizes: (version) => destination.listPartSizes(version),
    readTags: (key) => destination.readTags(key),
    copyObject: passing((request) => destination.copyObject(request)),
    deleteObjects: (requests, confirm) =>
      passing((all: typeof requests) => destination.deleteObjects(all, confirm))(requests),
    uploads: {
      create: passing((request) => uploads.create(request)),
      copyPart: passing((request) => uploads.copyPart(request)),
      complete: passing((request) => uploads.complete(request)),
      listParts: (key, uploadId) => uploads.listParts(key, uploadId),
      abort: (key, uploadId) => uploads.abort(key, uploadId),
    },
  };
}
