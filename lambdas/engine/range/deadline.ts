import { CLOSING_MS } from '../../../statemachine/budgets';
import type { Host } from '../ports/host';

/** A round ends early so that idle Tasks get a share. It works at least this long, because each round has a cost. */
const LEAST_ROUND_MS = 1_000;

/** When a Task has to stop, and what it may still begin. It knows the clock and nothing else. */
export class Deadline {
  readonly #startedAt: number;
  readonly #invocationMs: number;
  /** When the Task has to end, whatever it waits for. */
  readonly #endAt: number;
  /** When other Tasks were first seen idle. */
  #othersIdleSince: number | undefined;

  /**
   * @param budgetMs  the time budget of the round
   * @param waitedMs  how long the Task has waited for a server that was away; this is no part of its budget
   */
  constructor(
    private readonly clock: Pick<Host, 'now' | 'remainingMs'>,
    private readonly budgetMs: number,
    private readonly waitedMs: () => number,
  ) {
    this.#startedAt = clock.now();
    this.#invocationMs = clock.remainingMs();
    this.#endAt = this.#startedAt + this.#invocationMs - CLOSING_MS;
  }

  /** From this time on no object is begun. */
  get stopAt(): number {
    return Math.min(this.#startedAt + this.budgetMs + this.waitedMs(), this.#endAt);
  }

  get endAt(): number {
    return this.#endAt;
  }

  get elapsedMs(): number {
    return this.clock.now() - this.#startedAt;
  }

  /** Whether most of the time of this invocation is left. */
  get isEarly(): boolean {
    return this.clock.remainingMs() >= this.#invocationMs / 2;
  }

  /** From this time on nothing waits for a server that is away. */
  get isOver(): boolean {
    return this.clock.now() >= this.#endAt;
  }

  /** Whether a request that copies this many bytes ends before this invocation is ended by force. */
  hasTimeFor(bytes: number, slowestBytesPerMs: number): boolean {
    return this.clock.remainingMs() - CLOSING_MS >= bytes / slowestBytesPerMs;
  }

  /** To be asked while other Tasks are idle: whether this Task has worked long enough since then to end its round. */
  mayShare(): boolean {
    const now = this.clock.now();
    this.#othersIdleSince ??= now;
    return now >= this.#othersIdleSince + LEAST_ROUND_MS;
  }
}
