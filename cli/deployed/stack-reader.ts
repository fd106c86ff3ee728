import { CloudWatchClient, type MetricAlarm, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { GetScheduleCommand, type GetScheduleCommandOutput, SchedulerClient } from '@aws-sdk/client-scheduler';
import { paginateListSubscriptionsByTopic, SNSClient, type Subscription } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ask } from '../../local/doctor/ask';
import type { Answer } from '../../local/doctor/finding';
import type {
  AlarmFacts,
  QueueFacts,
  ScheduleFacts,
  ScheduleSetting,
  SubscriptionFacts,
  TopicFacts,
} from '../../local/doctor/stack-facts';
import { requestHandler } from '../../local/network';
import { MIRROR_DIMENSION } from '../../statemachine/metrics';
import { type ConnectionOptions, clientSettings } from './clients';
import type { StateMachine } from './state-machine';

type Ids = Answer<readonly string[]>;

/** DescribeAlarms accepts this many names. */
const ALARMS_AT_ONCE = 100;

/** What starts a mirror and what tells about it: schedules, queues, alarms, topics. */
export class StackReader {
  constructor(
    private readonly options: ConnectionOptions,
    private readonly stateMachine: Pick<StateMachine, 'arn'>,
  ) {}

  async schedules(names: Ids): Promise<Answer<readonly ScheduleFacts[]>> {
    if (!('value' in names) || names.value.length === 0) return names as Answer<readonly ScheduleFacts[]>;
    const client = new SchedulerClient(await this.#settings());
    const read = async (id: string): Promise<ScheduleFacts> => {
      // a schedule of another group is called GROUP|NAME
      const [name = id, GroupName] = id.split('|').reverse();
      const request = new GetScheduleCommand({ Name: name, GroupName });
      return { name, schedule: await ask('scheduler:GetSchedule', async () => settingOf(await client.send(request))) };
    };
    return { value: await Promise.all(names.value.map(read)) };
  }

  async queues(urls: Ids): Promise<Answer<readonly QueueFacts[]>> {
    if (!('value' in urls) || urls.value.length === 0) return urls as Answer<readonly QueueFacts[]>;
    // a queue's address names AWS, wherever the queue is
    const client = new SQSClient({ ...(await this.#settings()), useQueueUrlAsEndpoint: false });
    const read = async (url: string): Promise<QueueFacts> => {
      const messages = await ask('sqs:GetQueueAttributes', async () => {
        const { Attributes } = await client.send(
          new GetQueueAttributesCommand({
            QueueUrl: url,
            AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
          }),
        );
        return Object.values(Attributes ?? {}).reduce((sum, count) => sum + Number(count), 0);
      });
      return { url, messages };
    };
    return { value: await Promise.all(urls.value.map(read)) };
  }

  async alarms(names: Ids): Promise<Answer<readonly AlarmFacts[]>> {
    if (!('value' in names) || names.value.length === 0) return names as Answer<readonly AlarmFacts[]>;
    const client = new CloudWatchClient(await this.#settings());
    return ask('cloudwatch:DescribeAlarms', async () => {
      const found: AlarmFacts[] = [];
      for (let start = 0; start < names.value.length; start += ALARMS_AT_ONCE) {
        const AlarmNames = names.value.slice(start, start + ALARMS_AT_ONCE);
        for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, { AlarmNames })) {
          found.push(...MetricAlarms.map(describeAlarm));
        }
      }
      return found;
    });
  }

  async topics(arns: Ids): Promise<Answer<readonly TopicFacts[]>> {
    if (!('value' in arns) || arns.value.length === 0) return arns as Answer<readonly TopicFacts[]>;
    const client = new SNSClient(await this.#settings());
    const read = async (arn: string): Promise<TopicFacts> => {
      const subscriptions = await ask('sns:ListSubscriptionsByTopic', async () => {
        const found: SubscriptionFacts[] = [];
        for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic({ client }, { TopicArn: arn })) {
          found.push(...Subscriptions.filter(isThere).map(describeSubscription));
        }
        return found;
      });
      return { arn, subscriptions };
    };
    return { value: await Promise.all(arns.value.map(read)) };
  }

  async #settings() {
    return { ...(await clientSettings(this.options, this.stateMachine.arn)), requestHandler: requestHandler() };
  }
}

/** UpdateSchedule sets everything to its default that it is not given. */
function settingOf(schedule: GetScheduleCommandOutput): ScheduleSetting {
  const { $metadata: _, Arn, CreationDate, LastModificationDate, ...update } = schedule;
  return { isOn: update.State !== 'DISABLED', expression: update.ScheduleExpression ?? '', update };
}

function describeAlarm(alarm: MetricAlarm): AlarmFacts {
  const {
    AlarmName: name = '',
    StateValue: state = '',
    StateReason: reason = '',
    Period = 0,
    EvaluationPeriods = 0,
  } = alarm;
  const mirror = alarm.Dimensions?.find(({ Name }) => Name === MIRROR_DIMENSION)?.Value;
  const isOnSilence = alarm.MetricName === 'RunSucceeded' && mirror !== undefined;
  return {
    ...{ name, state, reason, notifies: alarm.ActionsEnabled !== false },
    ...(isOnSilence && { silence: { mirror, withinMs: Period * EvaluationPeriods * 1000 } }),
  };
}

function isThere({ SubscriptionArn }: Subscription): boolean {
  return SubscriptionArn !== 'Deleted';
}

function describeSubscription({ Protocol = '', Endpoint = '', SubscriptionArn }: Subscription): SubscriptionFacts {
  return { protocol: Protocol, endpoint: Endpoint, isConfirmed: SubscriptionArn?.startsWith('arn:') === true };
}
