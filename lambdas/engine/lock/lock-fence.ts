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
 * How long a run may go on while its lock cannot be read. This is longer than it waits for a server that is away, and far shorter
 * than the lease that other runs have to wait for.
 */
const MOST_WITHOUT_LOCK_MS = 150_000;
/** How often the lock is read while a request waits for it. */
const BETWEEN_LOOKS_MS = 1_000;

/**
 * Keeps a Task from writing for a run that has lost its lock.
 *
 * When an execution is stopped by force, its functions go on for minutes, and Step Functions may deliver a Task late. By then the
 * next run may hold the lock. So a Task reads the lock when it begins, and sends a write only if it has seen within the last ten
 * seconds that its own run holds the lock. Within these ten seconds it does not read the lock again.
 *
 * Each attempt of each write passes this gate at the moment at which it is sent, whatever it waited for before. Only requests
 * that abort the run's own uploads need no lock.
 *
 * | the lock                                     | the Task                                                        |
 * | -------------------------------------------- | --------------------------------------------------------------- |
 * | has an entry of this run                     | goes on                                                         |
 * | has only an entry of another run             | ends with AlreadyRunningError                                   |
 * | has neither, or says that this run has ended | ends with InterruptedError                                      |
 * | cannot be read, or the lease is over         | goes on, but writes wait until the run is seen to hold the lock |
 * | the same for two and a half minutes          | ends with InterruptedError                                      |
 * | may not be read when the Task begins         | ends with AccessDeniedError                                     |
 * | cannot be read: the credentials have expired | ends with CredentialsExpiredError                               |
 */
export class LockFence implements WriteGate {
  /** undefined if the phase writes nothing, or the run uses no lock. */
  readonly #store: LockStore | undefined;
  #lookedAt = 0;
  /** When the run certainly held the lock; before that is known, the Task's start. */
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

  /** Why the run must no longer write. */
  get lost(): BucketsyncError | undefined {
    return this.#lost;
  }

  /** Reads the lock, before the Task does anything else. @throws AlreadyRunningError | InterruptedError */
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

  /** Reads the lock again if it is time, without waiting. @returns whether the run is known to have lost its lock */
  check(now: number): boolean {
    if (this.#store && now - this.#lookedAt >= LOCK_GOOD_FOR_MS) void this.#lookAgain();
    return this.#lost !== undefined;
  }

  /** Resolves when a write may be sent, mostly at once. @throws AlreadyRunningError | InterruptedError */
  async pass(): Promise<void> {
    if (!this.#store) return;
    if (this.#look || this.#isOld(this.#lookedAt)) await this.#lookAgain();
    while (this.#isOld(this.#heldAt) && !this.#lost) {
      await this.host.wait(BETWEEN_LOOKS_MS);
      await this.#lookAgain();
    }
    this.#requireHeld();
  }

  /** Called right before the request leaves: whether the request has not waited too long since it passed. */
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

  /** Reads the lock. Never rejects. Callers that come meanwhile share one read. */
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
    // the answer may show the lock at any moment since then, so the earliest moment counts
    const askedAt = this.host.now();
    this.#lookedAt = askedAt;
    const store = this.#store;
    if (!store) return;
    const lock = await readLock(store);
    if (!lock.holders) throw new Error(`${store.place} does not hold a lock`);
    const own = lock.holders.find(({ id }) => id === this.input.run.lockId);
    if (!own || own.ended) {
      this.#lost ??= await this.#describe(lock.holders, own);
      return;
    }
    if (leaseIsOver(own, lock)) throw new Error('it was not renewed in time, so another run may take it over');
    this.#heldAt = askedAt;
    this.#isKnown = true;
  }

  async #describe(holders: readonly Holder[], own: Holder | undefined): Promise<BucketsyncError> {
    if (own) return new InterruptedError(`This run of ${this.#folder} has ended, so it no longer writes`);
    const other = holders.find(({ folder }) => overlap(folder, this.input.run.input.destinationPrefix));
    if (!other) {
      return new InterruptedError(
        `Somebody removed this run's lock of ${this.#folder}, so another run may write there. This run no longer writes`,
      );
    }
    const record = await findRecord(other.id, this.host.runStore).catch(() => undefined);
    return new AlreadyRunningError(
      `Another run, which began at ${other.startedAt}, has taken over this run's lock of ${this.#folder}: ` +
        `${record?.executionId ?? 'a run that keeps its reports elsewhere'}. It assumed that this run had ended. This run no longer writes`,
    );
  }

  #unreadable(error: unknown): BucketsyncError {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return new InterruptedError(
      `For two and a half minutes this run could not confirm that it still holds its lock of ${this.#folder}: ${reason}`,
      { cause: error },
    );
  }

  get #folder(): string {
    return formatFolder(this.input.run.input);
  }
}
