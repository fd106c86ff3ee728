import { CLOSING_MS } from '../../../statemachine/budgets';
import type { Host } from '../ports/host';

/** A round ends early so that idle Tasks get a share, but not before it has worked for so long: a round has its own cost. */
const LEAST_ROUND_MS = 1_000;

/** When a Task has to stop, and what it may still begin. It knows the clock and nothing else. */
export class Deadline {
  readonly #startedAt: number;
  readonly #invocationMs: number;
  /** When the Task has to end, whatever it waits for. */
  readonly #endAt: number;
  /** When others were first seen idle. */
  #othersIdleSince: number | undefined;

  /**
   * @param budgetMs  of the round
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

  /** From then on no object is begun. */
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

  /** Nobody waits for a server any longer. */
  get isOver(): boolean {
    return this.clock.now() >= this.#endAt;
  }

  /** Whether a request that copies so many bytes ends before this invocation is ended by force. */
  hasTimeFor(bytes: number, slowestBytesPerMs: number): boolean {
    return this.clock.remainingMs() - CLOSING_MS >= bytes / slowestBytesPerMs;
  }

  /** Asked while others are idle: whether the Task has worked long enough since then for its round to end. */
  mayShare(): boolean {
    const now = this.clock.now();
    this.#othersIdleSince ??= now;
    return now >= this.#othersIdleSince + LEAST_ROUND_MS;
  }
}
