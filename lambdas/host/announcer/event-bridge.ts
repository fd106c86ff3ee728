import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { EventSettings } from '../../../statemachine/events/announcements';
import type { RunEvent } from '../../engine/ports/announcer';
import { clientSettings } from './client-settings';

/** @throws Error  EventBridge has not accepted the event: an answer with status 200 may say so */
export async function putEvent({ bus, source }: EventSettings, event: RunEvent): Promise<void> {
  const client = new EventBridgeClient(clientSettings(bus));
  const { FailedEntryCount = 0, Entries = [] } = await client.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: bus,
          Source: source,
          DetailType: event.type,
          Detail: JSON.stringify(event.detail),
          Resources: [...event.resources],
          Time: new Date(event.time),
        },
      ],
    }),
  );
  if (FailedEntryCount === 0) return;
  const [{ ErrorCode = 'InternalFailure', ErrorMessage = 'no message' } = {}] = Entries;
  throw Object.assign(new Error(ErrorMessage), { name: ErrorCode });
}
