import type { Host } from '../ports/host';
import type { Grant, Outages, PatienceLimits, Plight, RequestKind } from '../ports/outages';

const BETWEEN_LOOKS_MS = 1_000;

/** So many requests of a kind that fail, while none of that kind is answered, are no accident of their objects. */
const MANY = 4;

/**
 * Decides whether a request that has used up its attempts gets more. Whether the server is away is asked of the server: all that wait
 * share one look a second, so that one that comes back meets no crowd.
 *
 * | a look at both buckets | other requests of the kind      | the request gets                                     |
 * | ---------------------- | ------------------------------- | ---------------------------------------------------- |
 * | is not answered        |                                 | all attempts anew, once the server is back           |
 * | is answered            |                                 | one more, as the server may have come back just now  |
 * | again                  | one was answered meanwhile      | none: what fails is this one request                 |
 * | again                  | only some few fail              | none                                                 |
 * | again                  | many fail, and none is answered | one more each second: such requests fail at present  |
 *
 * It waits no longer than `limits` say: for each time that the server is away, and in all of a run. Nobody waits again before
 * the server has answered something.
 */
export class Patience implements Outages {
  /** Milliseconds waited before, in the same run. */
  #spentMs: number;
  readonly #spentBefore: number;
  /** When the server was found to be away; of a kind of requests, when they were found to fail. */
  #since: number | undefined;
  #isExhausted = false;
  #look: Promise<boolean> | undefined;
  /** Until the server is back, or is given up. */
  #waiting: Promise<boolean> | undefined;
  readonly #answers = new Map<RequestKind, number>();
  /** Requests of a kind that come for more, since one of that kind was last answered. */
  readonly #failing = new Map<RequestKind, Set<Plight>>();

  /**
   * @param isThere  asks both buckets something
   * @param isOver  whether there is no time left, or nobody who would use the answer
   * @param spentMs  waited by the run before
   */
  constructor(
    private readonly host: Pick<Host, 'now' | 'wait'>,
    private readonly limits: PatienceLimits,
    private readonly isThere: () => Promise<boolean>,
    private readonly isOver: () => boolean,
    spentMs: number,
  ) {
    this.#spentMs = spentMs;
    this.#spentBefore = spentMs;
  }

  /** The server is known to be away: whatever fails now need not try again before it is back. */
  get isAway(): boolean {
    return this.#waiting !== undefined;
  }

  /** A server was waited for in vain. */
  get isExhausted(): boolean {
    return this.#isExhausted;
  }

  /** Milliseconds that were waited here so far. */
  get waitedMs(): number {
    const current = this.#since === undefined ? 0 : this.host.now() - this.#since;
    return this.#spentMs - this.#spentBefore + current;
  }

  /** S3 has done what it was asked for. */
  answered(kind: RequestKind): void {
    this.#answers.set(kind, (this.#answers.get(kind) ?? 0) + 1);
    if (this.#failing.size === 0 && !this.#isExhausted) return;
    this.#isExhausted = false;
    if (this.#failing.delete(kind)) this.#endIfOver();
  }

  /** Resolves when the next attempt is due. */
  async grant(kind: RequestKind, plight: Plight): Promise<Grant> {
    if (this.limits.outageMs === 0) return 'none';
    const answers = this.#answers.get(kind) ?? 0;
    const isAlone = plight.asked > 0 && answers !== plight.answers;
    plight.asked += 1;
    plight.answers = answers;
    if (!(await this.#lookAgain())) return (await this.#outlast()) ? 'all' : this.#giveUp(kind, plight);
    const failing = (this.#failing.get(kind) ?? new Set()).add(plight);
    this.#failing.set(kind, failing);
    if (plight.asked === 1) return 'one';
    if (isAlone || failing.size < MANY || !this.#mayWait()) return this.#giveUp(kind, plight);
    await this.host.wait(BETWEEN_LOOKS_MS);
    return 'one';
  }

  /** All that wait share it. @returns whether the server is back */
  #outlast(): Promise<boolean> {
    this.#waiting ??= this.#waitForServer().finally(() => {
      this.#waiting = undefined;
      this.#endIfOver();
    });
    return this.#waiting;
  }

  async #waitForServer(): Promise<boolean> {
    while (this.#mayWait()) {
      await this.host.wait(BETWEEN_LOOKS_MS);
      if (await this.#lookAgain()) return true;
    }
    return false;
  }

  #lookAgain(): Promise<boolean> {
    this.#look ??= this.isThere().finally(() => {
      this.#look = undefined;
    });
    return this.#look;
  }

  #mayWait(): boolean {
    if (this.#isExhausted || this.isOver()) return false;
    this.#since ??= this.host.now();
    const current = this.host.now() - this.#since;
    if (current < this.limits.outageMs && this.#spentMs + current < this.limits.runMs) return true;
    this.#isExhausted = true;
    return false;
  }

  #endIfOver(): void {
    if (this.#since === undefined || this.#waiting || this.#failing.size > 0) return;
    this.#spentMs += this.host.now() - this.#since;
    this.#since = undefined;
  }

  #giveUp(kind: RequestKind, plight: Plight): Grant {
    const failing = this.#failing.get(kind);
    if (failing?.delete(plight) && failing.size === 0) this.#failing.delete(kind);
    this.#endIfOver();
    return 'none';
  }
}
