import { Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { ENVIRONMENT } from '../statemachine/contract';
import { InvalidInputError } from '../statemachine/errors';
import {
  EVENT_SOURCE,
  type EventSettings,
  EXECUTION_ENDS,
  eventSource,
  type MessageSettings,
} from '../statemachine/events/announcements';
import type { BucketSyncProps } from './bucket-sync-props';
import type { SyncEvents } from './sync-events';

type Announcing = Pick<BucketSyncProps, 'events' | 'monitoring' | 'notifications'>;

/** Settings of functions, by the name of the Task and of the environment variable. */
export type SettingsByTask = Readonly<Partial<Record<string, Readonly<Record<string, object>>>>>;

/**
 * Whom the functions tell of runs.
 *
 * @throws InvalidInputError  EventBridge could not send there
 */
export function announcementSettings({ events, monitoring, notifications }: Announcing): SettingsByTask {
  const told: EventSettings | undefined = events && { bus: events.bus.eventBusArn, source: sourceOf(events) };
  const messages = notifications && messageSettings(notifications, monitoring?.runbookUrl);
  if (!told && !messages) return {};
  return {
    ...(told && { ValidateInput: { [ENVIRONMENT.events]: told } }),
    FinishRun: {
      ...(told && { [ENVIRONMENT.events]: told }),
      ...(messages && { [ENVIRONMENT.messages]: messages }),
    },
  };
}

/** Allows the functions to tell of runs: on exactly this topic and this bus, with exactly this source. */
export function grantAnnouncements(
  { events, notifications }: Announcing,
  functions: ReadonlyMap<string, lambda.Function>,
): void {
  const [starting, finishing] = [functions.get('ValidateInput'), functions.get('FinishRun')];
  if (notifications && finishing) notifications.topic.grantPublish(finishing);
  for (const grantee of events ? [starting, finishing] : []) {
    if (!events || !grantee) continue;
    iam.Grant.addToPrincipal({
      grantee,
      actions: ['events:PutEvents'],
      resourceArns: [events.bus.eventBusArn],
      // a request may have several sources, so IAM compares a set
      conditions: { 'ForAllValues:StringEquals': { 'events:source': sourceOf(events) } },
    });
  }
}

function sourceOf({ source = EVENT_SOURCE }: SyncEvents): string {
  if (Token.isUnresolved(source) || eventSource.safeParse(source).success) return source;
  throw new InvalidInputError(
    `Expected \`events.source\` to be of letters, digits and . _ / -, not beginning with aws., got "${source}"`,
  );
}

function messageSettings(
  { topic, on = [...EXECUTION_ENDS], runbookUrl }: NonNullable<Announcing['notifications']>,
  ofAlarms: string | undefined,
): MessageSettings {
  if (topic.fifo) {
    throw new InvalidInputError(
      'Expected `notifications.topic` to be a standard topic, because EventBridge cannot publish to a FIFO topic, got a FIFO topic',
    );
  }
  const runbook = runbookUrl ?? ofAlarms;
  return { topic: topic.topicArn, on: [...on], ...(runbook !== undefined && { runbook }) };
}
