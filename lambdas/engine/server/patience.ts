import type { Host } from '../ports/host';
import type { Grant, Outages, PatienceLimits, Plight, RequestKind } from '../ports/outages';

const BETWEEN_LOOKS_MS = 1_000;

/** If this many requests of a kind fail, and none of that kind is answered, the objects are not the reason. */
const MANY = 4;

/**
 * Decides whether a request that has used up its attempts gets more. To find out whether the server is away, it sends a request to
 * both buckets. All waiting requests share one such look in a second, so that a server that comes back is not flooded.
 *
 * | a look at both buckets | other requests of its kind      | the request gets                                      |
 * | ---------------------- | ------------------------------- | ----------------------------------------------------- |
 * | is not answered        |                                 | all attempts again, once the server is back           |
 * | is answered            |                                 | one more: the server may have come back just now      |
 * | is answered again      | one was answered meanwhile      | none: only this request fails                         |
 * | is answered again      | only a few fail                 | none                                                  |
 * | is answered again      | many fail, and none is answered | one more each second: at present all of its kind fail |
 *
 * It waits no longer than `limits` allow, both each time that the server is away and in the whole run. After a limit was reached,
 * no request waits again before the server has answered one.
 */
export class Patience implements Outages {
  /** How many milliseconds this run has waited before. */
  #spentMs: number;
  readonly #spentBefore: number;
  /** Since when the server is away, or a kind of requests fails. */
  #since: number | undefined;
  #isExhausted = false;
  #look: Promise<boolean> | undefined;
  /** Resolves when the server is back, or is given up. */
  #waiting: Promise<boolean> | undefined;
  readonly #answers = new Map<RequestKind, number>();
  /** For each kind the requests that asked for more attempts since a request of that kind was last answered. */
  readonly #failing = new Map<RequestKind, Set<Plight>>();

  /**
   * @param isThere  sends a request to both buckets
   * @param isOver  whether no time is left, or nobody needs the answer any longer
   * @param spentMs  how long the run has waited before
   */
  constructor(
    private readonly host: Pick<Host, 'now' | 'wait' | 'log'>,
    private readonly limits: PatienceLimits,
    private readonly isThere: () => Promise<boolean>,
    private readonly isOver: () => boolean,
    spentMs: number,
  ) {
    this.#spentMs = spentMs;
    this.#spentBefore = spentMs;
  }

  /** The server is known to be away: a request that fails now need not be repeated before the server is back. */
  get isAway(): boolean {
    return this.#waiting !== undefined;
  }

  /** The server did not come back within the limits. */
  get isExhausted(): boolean {
    return this.#isExhausted;
  }

  /** How many milliseconds this Task has waited so far. */
  get waitedMs(): number {
    const current = this.#since === undefined ? 0 : this.host.now() - this.#since;
    return this.#spentMs - this.#spentBefore + current;
  }

  /** S3 has answered a request without an error. */
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

  /** Waits for the server. All requests share this wait. @returns whether the server is back */
  #outlast(): Promise<boolean> {
    this.#waiting ??= this.#waitForServer().finally(() => {
      this.#waiting = undefined;
      this.#endIfOver();
    });
    return this.#waiting;
  }

  async #waitForServer(): Promise<boolean> {
    this.host.log?.('warn', 'The server does not answer');
    while (this.#mayWait()) {
      await this.host.wait(BETWEEN_LOOKS_MS);
      if (await this.#lookAgain()) {
        this.host.log?.('warn', 'The server answers again', { awayMs: this.waitedMs });
        return true;
      }
    }
    this.host.log?.('warn', 'The server did not come back in time', { awayMs: this.waitedMs });
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
