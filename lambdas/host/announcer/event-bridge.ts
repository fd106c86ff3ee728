import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { EventSettings } from '../../../statemachine/events/announcements';
import { regionOfArn } from '../../../statemachine/partition';
import type { RunEvent } from '../../engine/ports/announcer';
import { sharedCredentials } from '../../s3/credentials/credentials';
import { requestHandler } from '../../s3/network/request-handler';

/** One more than the first: an answer may get lost, and an event that comes twice has one id. */
const ATTEMPTS = 2;

/** @throws Error  EventBridge has not accepted the event: an answer with status 200 may say so */
export async function putEvent({ bus, source }: EventSettings, event: RunEvent): Promise<void> {
  const client = new EventBridgeClient({
    region: regionOfArn(bus),
    maxAttempts: ATTEMPTS,
    ...sharedCredentials(),
    requestHandler: requestHandler(),
  });
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
