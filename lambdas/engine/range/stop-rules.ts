import { CredentialsExpiredError } from '../../../statemachine/errors';
import type { LockFence } from '../lock/lock-fence';
import type { Host } from '../ports/host';
import type { Deadline } from './deadline';

/** Why a range may end before all its keys are decided: its time is over, or nobody may write for this run any longer. */
export class StopRules {
  #ended: CredentialsExpiredError | undefined;

  /** @param onAsked  called each time that somebody asks whether to stop */
  constructor(
    private readonly host: Pick<Host, 'now' | 'signal'>,
    private readonly deadline: Pick<Deadline, 'stopAt'>,
    private readonly fence: Pick<LockFence, 'check' | 'lost'>,
    private readonly onAsked: () => void,
  ) {}

  readonly shouldStop = (): boolean => {
    this.onAsked();
    const now = this.host.now();
    return (
      this.fence.check(now) || this.#ended !== undefined || this.host.signal.aborted || now >= this.deadline.stopAt
    );
  };

  /**
   * Ends the walk if every other object would meet the same error.
   *
   * @returns whether it is such an error. The current object is then left
   */
  endsBy(error: unknown): boolean {
    if (!(error instanceof CredentialsExpiredError)) return false;
    this.#ended ??= error;
    return true;
  }

  /** The error that ended the walk. Work that is still waiting for its turn does not begin. */
  get ended(): CredentialsExpiredError | undefined {
    return this.#ended;
  }

  /** Nothing in this run will continue unfinished work. */
  get interrupted(): boolean {
    return this.host.signal.aborted || this.fence.lost !== undefined;
  }
}
