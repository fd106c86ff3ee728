import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { regionOfArn } from '../../../statemachine/partition';
import type { RunMessage } from '../../engine/ports/announcer';
import { sharedCredentials } from '../../s3/credentials/credentials';
import { requestHandler } from '../../s3/network/request-handler';

/** One more than the first: an answer may get lost, and a message that comes twice has one id. */
const ATTEMPTS = 2;

/** @throws Error  SNS has not accepted the message */
export async function publish(TopicArn: string, { subject, text, attributes }: RunMessage): Promise<void> {
  const client = new SNSClient({
    region: regionOfArn(TopicArn),
    maxAttempts: ATTEMPTS,
    ...sharedCredentials(),
    requestHandler: requestHandler(),
  });
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );
  await client.send(new PublishCommand({ TopicArn, Subject: subject, Message: text, MessageAttributes }));
}
