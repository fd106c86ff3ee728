import type { ExecutionEnd } from '../../../statemachine/events/announcements';
import type { RunEventType, RunFailed, RunStarted, RunSucceeded } from '../../../statemachine/events/run-event';

/** About a run, for people. */
export interface RunMessage {
  /** One line of ASCII, less than 100 characters. */
  readonly subject: string;
  readonly text: string;
  /** What subscriptions may filter by. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** About a run, for programs. */
export interface RunEvent {
  readonly type: RunEventType;
  readonly detail: RunStarted | RunSucceeded | RunFailed;
  /** ARNs. */
  readonly resources: readonly string[];
  /** ISO 8601. */
  readonly time: string;
}

/** Tells others about runs. */
export interface Announcer {
  /** Absent: nobody gets messages. */
  readonly messages?: {
    /** Ends that send one. */
    readonly on: readonly ExecutionEnd[];
    /** Address of the runbook. */
    readonly runbook?: string | undefined;
    /** It takes a few seconds at most. @throws Error  it was not sent */
    publish(message: RunMessage): Promise<void>;
  };
  /** Absent: nobody gets events. */
  readonly events?: {
    /** It takes a few seconds at most. @throws Error  it was not accepted */
    put(event: RunEvent): Promise<void>;
  };
}
