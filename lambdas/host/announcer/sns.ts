import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { RunMessage } from '../../engine/ports/announcer';
import { clientSettings } from './client-settings';

/** @throws Error  SNS has not accepted the message */
export async function publish(TopicArn: string, { subject, text, attributes }: RunMessage): Promise<void> {
  const client = new SNSClient(clientSettings(TopicArn));
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );
  await client.send(new PublishCommand({ TopicArn, Subject: subject, Message: text, MessageAttributes }));
}
