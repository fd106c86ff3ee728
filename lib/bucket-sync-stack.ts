import { CfnOutput, Duration, Size, Stack, type StackProps, TimeZone } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Role } from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { BucketSync } from './bucket-sync';
import { importBucket } from './import-bucket';
import { importNetwork } from './import-network';
import type { MirrorSettings } from './mirror-settings';
import type { SyncMonitoring } from './monitoring/sync-monitoring';
import type { SyncEvents } from './sync-events';
import type { SyncLocation } from './sync-location';
import type { SyncNotifications } from './sync-notifications';
import type { SyncSchedule } from './sync-schedule';

export interface BucketSyncStackProps extends StackProps {
  /** The buckets, which must exist, and how to mirror them. */
  readonly mirror: MirrorSettings;

  /**
   * Bucket for reports if `mirror` names none.
   *
   * @default a bucket in this stack
   */
  readonly reportBucket?: s3.IBucket;
}

/** One mirror between two existing buckets. */
export class BucketSyncStack extends Stack {
  constructor(scope: Construct, id: string, { mirror, reportBucket, ...props }: BucketSyncStackProps) {
    const { source, destination, prefix: _, destinationPrefix: __, ...input } = mirror.input;
    super(scope, id, { description: `Mirrors the S3 bucket ${short(source)} into ${short(destination)}`, ...props });
    const sync = new BucketSync(this, 'BucketSync', {
      mirrors: [
        {
          source: importSource(this, mirror),
          destination: importDestination(this, mirror),
          input,
          mayOverride: mirror.mayOverride,
          undoable: mirror.undoable,
          schedules: createSchedules(mirror),
        },
      ],
      reportBucket: mirror.reportBucket ? importBucket(this, 'Reports', mirror.reportBucket) : reportBucket,
      reportKey: importKey(this, 'ReportsKey', mirror.reportKey),
      reportRetention: mirror.reportDays === undefined ? undefined : Duration.days(mirror.reportDays),
      notifications: createNotifications(this, mirror),
      monitoring: createMonitoring(this, mirror),
      events: importEvents(this, mirror),
      memory: mirror.memoryMib === undefined ? undefined : Size.mebibytes(mirror.memoryMib),
      logRetention: mirror.logDays,
      logLevel: mirror.logLevel,
      logKey: importKey(this, 'LogKey', mirror.logKey),
      environmentKey: importKey(this, 'EnvironmentKey', mirror.environmentKey),
      removalPolicy: mirror.removalPolicy,
      stateMachineName: mirror.stateMachineName,
      tracing: mirror.tracing,
      acls: mirror.acls,
      ...importNetwork(this, mirror),
    });
    addOutputs(this, sync);
  }
}

/** A description has room for about 500 characters, and an old bucket's name may have 255. */
function short(name: string): string {
  return name.length > 100 ? `${name.slice(0, 97)}...` : name;
}

/** The state machine, the report bucket, and the exact command that starts a run. */
export function addOutputs(stack: Stack, sync: BucketSync): void {
  const { stateMachineArn } = sync.stateMachine;
  new CfnOutput(stack, 'StateMachineArn', { value: stateMachineArn });
  new CfnOutput(stack, 'ReportBucketName', { value: sync.reportBucket.bucketName });
  new CfnOutput(stack, 'StartCommand', {
    description: 'Mirrors the bucket once',
    value: `aws stepfunctions start-execution --region ${stack.region} --state-machine-arn ${stateMachineArn} --input '{}'`,
  });
}

interface Reached {
  readonly keyArn: string | undefined;
  readonly endpointUrl: string | undefined;
  readonly region: string | undefined;
  readonly addressingStyle: 'path' | 'virtual' | undefined;
  readonly secretArn: string | undefined;
  readonly roleArn: string | undefined;
}

function importSource(scope: Construct, { input, ...mirror }: MirrorSettings): SyncLocation {
  return importLocation(scope, 'Source', input.source, input.prefix, {
    keyArn: mirror.sourceKey,
    endpointUrl: mirror.sourceEndpointUrl,
    region: mirror.sourceRegion,
    addressingStyle: mirror.sourceAddressingStyle,
    secretArn: mirror.sourceSecret,
    roleArn: mirror.sourceRole,
  });
}

function importDestination(scope: Construct, { input, ...mirror }: MirrorSettings): SyncLocation {
  return importLocation(scope, 'Destination', input.destination, input.destinationPrefix ?? input.prefix, {
    keyArn: mirror.destinationKey ?? input.sseKmsKeyId,
    endpointUrl: mirror.destinationEndpointUrl,
    region: mirror.destinationRegion,
    addressingStyle: mirror.destinationAddressingStyle,
    secretArn: mirror.destinationSecret,
    roleArn: mirror.destinationRole,
  });
}

function importLocation(
  scope: Construct,
  id: string,
  bucket: string,
  prefix: string | undefined,
  { keyArn, endpointUrl, region, addressingStyle, secretArn, roleArn }: Reached,
): SyncLocation {
  return {
    bucket: importBucket(scope, id, bucket),
    prefix,
    encryptionKey: importKey(scope, `${id}Key`, keyArn),
    ...(endpointUrl !== undefined && { endpointUrl }),
    ...(region !== undefined && { region }),
    ...(addressingStyle !== undefined && { addressingStyle }),
    ...(secretArn !== undefined && { secret: Secret.fromSecretCompleteArn(scope, `${id}Secret`, secretArn) }),
    ...(roleArn !== undefined && { role: Role.fromRoleArn(scope, `${id}Role`, roleArn, { mutable: false }) }),
  };
}

function importKey(scope: Construct, id: string, arn: string | undefined): kms.IKey | undefined {
  return arn === undefined ? undefined : kms.Key.fromKeyArn(scope, id, arn);
}

function createSchedules(mirror: MirrorSettings): SyncSchedule[] {
  if (mirror.schedule === undefined) return [];
  const { scheduleWindowMinutes: window } = mirror;
  return [
    {
      name: 'Schedule',
      schedule: ScheduleExpression.expression(mirror.schedule, TimeZone.of(mirror.scheduleTimezone)),
      timeWindow: window === undefined ? undefined : Duration.minutes(window),
      enabled: mirror.scheduleEnabled,
    },
  ];
}

function createNotifications(stack: Stack, mirror: MirrorSettings): SyncNotifications | undefined {
  if (mirror.email === undefined) return undefined;
  const topic = new sns.Topic(new Construct(stack, 'Notifications'), 'Topic', { enforceSSL: true });
  topic.addSubscription(new EmailSubscription(mirror.email));
  return { topic, on: mirror.notifyOn, runbookUrl: mirror.runbookUrl };
}

function importEvents(stack: Stack, { eventBus, eventSource: source }: MirrorSettings): SyncEvents | undefined {
  if (eventBus === undefined) return undefined;
  const bus = eventBus.startsWith('arn:')
    ? EventBus.fromEventBusArn(stack, 'EventBus', eventBus)
    : EventBus.fromEventBusName(stack, 'EventBus', eventBus);
  return { bus, source };
}

function createMonitoring(stack: Stack, mirror: MirrorSettings): SyncMonitoring | undefined {
  const { alarmEmail, successWithinHours: hours } = mirror;
  if (alarmEmail === undefined) return undefined;
  const alarmTopic = new sns.Topic(new Construct(stack, 'Alarms'), 'Topic', { enforceSSL: true });
  alarmTopic.addSubscription(new EmailSubscription(alarmEmail));
  return {
    alarmTopic,
    successWithin: hours === undefined ? undefined : Duration.minutes(Math.ceil(hours * 60)),
    metrics: mirror.metrics,
    dashboard: mirror.dashboard,
    runbookUrl: mirror.runbookUrl,
  };
}
