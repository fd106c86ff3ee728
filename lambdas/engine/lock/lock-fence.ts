import type { RangeInput } from '../../../statemachine/contract';
import {
  AccessDeniedError,
  AlreadyRunningError,
  type BucketsyncError,
  CredentialsExpiredError,
  InterruptedError,
} from '../../../statemachine/errors';
import type { Host } from '../ports/host';
import type { LockStore } from '../ports/lock-store';
import type { WriteGate } from '../ports/request-observer';
import { type Holder, leaseIsOver, overlap, readLock } from './lock-document';
import { formatFolder } from './lock-messages';
import { LOCK_GOOD_FOR_MS } from './lock-proof';
import { findRecord } from './lock-record';
import { lockStoreOf } from './run-lock';

/**
 * How long a run may go on while its lock cannot be read: longer than it waits for a server that is away, and far less than the lease
 * that others have to wait for.
 */
const MOST_WITHOUT_LOCK_MS = 150_000;
/** While something waits for the lock to be read. */
const BETWEEN_LOOKS_MS = 1_000;

/**
 * Keeps a Task from writing for a run that has lost its lock.
 *
 * A function that is at work when its execution is stopped by force goes on for minutes, and Step Functions may deliver
 * a Task late: the next run has the lock by then. So a Task reads the lock at its start, and sends nothing that writes
 * unless it has seen within the last ten seconds that the lock is its run's own. In between it asks S3 nothing.
 *
 * It is a gate for each attempt of each request that writes, at the moment at which that is sent: whatever it waited for
 * before. What aborts an upload of the run's own needs no lock.
 *
 * | the lock                                        | the Task                                                         |
 * | ----------------------------------------------- | ---------------------------------------------------------------- |
 * | has an entry of this run                        | goes on                                                          |
 * | has none, but one of another run                | ends with AlreadyRunningError                                    |
 * | has neither, or says that this run has ended    | ends with InterruptedError                                       |
 * | cannot be read, or has a lease that is over     | goes on, but for writes, which wait until that is over           |
 * | has been like that for two minutes and a half   | ends with InterruptedError                                       |
 * | may not be read when the Task begins            | ends with AccessDeniedError                                      |
 * | cannot be read, as the credentials have expired | ends with CredentialsExpiredError                                |
 */
export class LockFence implements WriteGate {
  /** undefined where the phase writes nothing, or the run is to have no lock. */
  readonly #store: LockStore | undefined;
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
    this.#store = input.phase.write ? lockStoreOf(input.run, host) : undefined;
  }

  /** Why the run may not write any more. */
  get lost(): BucketsyncError | undefined {
    return this.#lost;
  }

  /** Reads the lock, before anything else is done. @throws AlreadyRunningError | InterruptedError */
  async start(): Promise<void> {
    if (!this.#store) return;
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
    if (this.#store && now - this.#lookedAt >= LOCK_GOOD_FOR_MS) void this.#lookAgain();
    return this.#lost !== undefined;
  }

  /** Resolves, mostly at once, when a request that writes may be sent. @throws AlreadyRunningError | InterruptedError */
  async pass(): Promise<void> {
    if (!this.#store) return;
    if (this.#look || this.#isOld(this.#lookedAt)) await this.#lookAgain();
    while (this.#isOld(this.#heldAt) && !this.#lost) {
      await this.host.wait(BETWEEN_LOOKS_MS);
      await this.#lookAgain();
    }
    this.#requireHeld();
  }

  /** Right before the request leaves: whether it has not waited for too long since it passed. */
  isOpen(): boolean {
    return !this.#store || !(this.#lost || this.#isOld(this.#heldAt));
  }

  /** Also true if the clock was set back. */
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
        if (error instanceof AccessDeniedError && !this.#isKnown) this.#lost ??= error;
        if (error instanceof CredentialsExpiredError) this.#lost ??= error;
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
    const store = this.#store;
    if (!store) return;
    const lock = await readLock(store);
    if (!lock.holders) throw new Error(`${store.place} holds something else than a lock`);
    const own = lock.holders.find(({ id }) => id === this.input.run.lockId);
    if (!own || own.ended) {
      this.#lost ??= await this.#describe(lock.holders, own);
      return;
    }
    if (leaseIsOver(own, lock)) throw new Error('it was not renewed in time, so that another run may take it over');
    this.#heldAt = askedAt;
    this.#isKnown = true;
  }

  async #describe(holders: readonly Holder[], own: Holder | undefined): Promise<BucketsyncError> {
    if (own) return new InterruptedError(`This run of ${this.#folder} has ended, so it writes no more`);
    const other = holders.find(({ folder }) => overlap(folder, this.input.run.input.destinationPrefix));
    if (!other) {
      return new InterruptedError(
        `Somebody removed this run's lock of ${this.#folder}, so that another run may write there: this one writes no more`,
      );
    }
    const record = await findRecord(other.id, this.host.runStore).catch(() => undefined);
    return new AlreadyRunningError(
      `Another run, which began at ${other.startedAt}, has taken this run's lock of ${this.#folder} over: ` +
        `${record?.executionId ?? 'one that keeps its reports elsewhere'}. This one was taken for ended, and writes no more`,
    );
  }

  #unreadable(error: unknown): BucketsyncError {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return new InterruptedError(
      `For two minutes and a half it was not certain that this run still has its lock of ${this.#folder}: ${reason}`,
      { cause: error },
    );
  }

  get #folder(): string {
    return formatFolder(this.input.run.input);
  }
}
