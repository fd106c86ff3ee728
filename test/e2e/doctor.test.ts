import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import {
  CloudFrontClient,
  CreateDistributionCommand,
  type DistributionConfig,
  GetDistributionConfigCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront';
import {
  CloudWatchClient,
  DisableAlarmActionsCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { CreateKeyCommand, DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLockConfigurationCommand,
} from '@aws-sdk/client-s3';
import { GetScheduleCommand, SchedulerClient, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';
import { SFNClient, TagResourceCommand } from '@aws-sdk/client-sfn';
import { ListSubscriptionsByTopicCommand, SNSClient, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { FindingDocument } from '../../cli/output/diagnosis';
import { version } from '../../package.json';
import { VERSION_TAG } from '../../statemachine/version-tag';
import { connect } from '../support/s3-client';
import { type Finished, runBucketsync, runCommand } from './command-line';
import { createDoctorStack, type DoctorStack } from './doctor-stack';
import { recordOperations } from './recorder';
import { SERVER_KINDS, type Server, startServer } from './servers';

const RULE = {
  ID: 'tidy',
  Status: 'Enabled' as const,
  Filter: { Prefix: '' },
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
  NoncurrentVersionExpiration: { NoncurrentDays: 30 },
};

describe.each(SERVER_KINDS)('doctor, on $name', (kind) => {
  let server: Server;
  let stack: DoctorStack;
  let distribution: string;
  /** The settings of each client. */
  const at = () => ({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });

  beforeAll(async () => {
    server = await startServer(kind);
    const s3 = connect(server.endpoint);
    for (const Bucket of ['staging', 'reports']) await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new CreateBucketCommand({ Bucket: 'production', ObjectLockEnabledForBucket: true }));
    const Bucket = 'production';
    await s3.send(new PutObjectCommand({ Bucket: 'staging', Key: 'index.html', Body: 'hello' }));
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: [RULE] } }));
    await putOwnership('BucketOwnerEnforced');
    distribution = await createDistribution();
    stack = await createDoctorStack(new CloudFormationClient(at()), {
      ...{ source: 'staging', destination: 'production' },
      // the lines about a distribution are examined on moto alone
      ...(kind.name === 'moto' && { invalidate: { distribution, originPath: '/site' } }),
    });
    // MiniStack gives no tags to state machines of CloudFormation
    await tagVersion(version);
    await succeedAt(Date.now() - 3_600_000);
    await new SNSClient(at()).send(
      new SubscribeCommand({ TopicArn: stack.topicArn, Protocol: 'sqs', Endpoint: QUEUE }),
    );
  });

  afterAll(() => server?.stop());

  const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:Elsewhere';

  const bucketsync = (...args: string[]): Promise<Finished> => runBucketsync(args, server.env);

  /** A line by its check, and by what it is about if there are several. */
  async function examine(...args: string[]): Promise<Map<string, FindingDocument>> {
    const { stdout, stderr } = await bucketsync('doctor', ...args, '--json');
    expect(stderr).toBe('');
    const { findings } = JSON.parse(stdout) as { findings: FindingDocument[] };
    return new Map(findings.map((line) => [line.check, line]));
  }

  /** What differs between two examinations. */
  function turned(before: Map<string, FindingDocument>, after: Map<string, FindingDocument>): string[] {
    expect([...after.keys()]).toEqual([...before.keys()]);
    return [...after].filter(([check, { state }]) => before.get(check)?.state !== state).map(([check]) => check);
  }

  const putOwnership = (ObjectOwnership: 'BucketOwnerEnforced' | 'ObjectWriter') =>
    connect(server.endpoint).send(
      new PutBucketOwnershipControlsCommand({
        Bucket: 'production',
        OwnershipControls: { Rules: [{ ObjectOwnership }] },
      }),
    );
  const createDistribution = async () => {
    const origin = {
      ...{ Id: 'site', DomainName: 'production.s3.us-east-1.amazonaws.com', OriginPath: '/site' },
      S3OriginConfig: { OriginAccessIdentity: '' },
    };
    const { Distribution } = await new CloudFrontClient(at()).send(
      new CreateDistributionCommand({
        DistributionConfig: {
          ...{ CallerReference: 'site', Comment: 'site', Enabled: true },
          Origins: { Quantity: 1, Items: [origin] },
          DefaultCacheBehavior: {
            TargetOriginId: 'site',
            ViewerProtocolPolicy: 'redirect-to-https',
            ForwardedValues: { QueryString: false, Cookies: { Forward: 'none' } },
            MinTTL: 0,
          },
        },
      }),
    );
    return Distribution?.Id ?? '';
  };
  const changeDistribution = async (change: (config: DistributionConfig) => DistributionConfig) => {
    const client = new CloudFrontClient(at());
    const { DistributionConfig: config, ETag } = await client.send(
      new GetDistributionConfigCommand({ Id: distribution }),
    );
    if (!config) throw new Error('Expected the configuration of the distribution, got none');
    await client.send(
      new UpdateDistributionCommand({ Id: distribution, IfMatch: ETag, DistributionConfig: change(config) }),
    );
  };
  const tagVersion = (value: string) =>
    new SFNClient(at()).send(
      new TagResourceCommand({ resourceArn: stack.stateMachineArn, tags: [{ key: VERSION_TAG, value }] }),
    );
  const succeedAt = (time: number) =>
    new CloudWatchClient(at()).send(
      new PutMetricDataCommand({
        Namespace: 'BucketSync',
        MetricData: [
          {
            MetricName: 'RunSucceeded',
            Dimensions: [{ Name: 'Mirror', Value: 's3://production' }],
            Timestamp: new Date(time),
            Value: 1,
          },
        ],
      }),
    );
  const putPolicy = (statement: object) =>
    connect(server.endpoint).send(
      new PutBucketPolicyCommand({
        Bucket: 'production',
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Deny', Principal: '*', Resource: 'arn:aws:s3:::production/*', ...statement }],
        }),
      }),
    );

  it('finds the stack without its name, and nothing that fails in it', async () => {
    const { exitCode, stdout, stderr } = await bucketsync('doctor');

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^Doc\n {2}✓ status: is deployed \(CREATE_COMPLETE\)\n/);
    expect([...(await examine('Doc')).values()].filter(({ state }) => state === 'failure')).toEqual([]);
  });

  /** The last lines, which nothing has changed since. */
  let known: Map<string, FindingDocument> | undefined;

  /** What is wrong, on which servers it can be, and whether a command of the line mends it. */
  type Fault = [check: string, state: string, only: string, mends: boolean, make: () => Promise<unknown>];
  const BOTH = 'ministack moto';

  const FAULTS: Fault[] = [
    ['stack.version', 'warning', BOTH, false, () => tagVersion('0.0.9')],
    [
      'stack.reserved-concurrency',
      'failure',
      BOTH,
      true,
      () =>
        new LambdaClient(at()).send(
          new PutFunctionConcurrencyCommand({ FunctionName: 'ValidateInput', ReservedConcurrentExecutions: 0 }),
        ),
    ],
    [
      'stack.dead-letters',
      'failure',
      BOTH,
      true,
      () =>
        new SQSClient({ ...at(), useQueueUrlAsEndpoint: false }).send(
          new SendMessageCommand({ QueueUrl: stack.queueUrl, MessageBody: 'a lost start' }),
        ),
    ],
    [
      'stack.alarm',
      'failure',
      'ministack',
      false,
      () =>
        new CloudWatchClient(at()).send(
          new SetAlarmStateCommand({ AlarmName: 'NoSuccess', StateValue: 'ALARM', StateReason: 'for this test' }),
        ),
    ],
    [
      'stack.schedule',
      'warning',
      'ministack',
      true,
      async () => {
        const client = new SchedulerClient(at());
        const {
          $metadata: _,
          Arn,
          CreationDate,
          LastModificationDate,
          ...schedule
        } = await client.send(new GetScheduleCommand({ Name: 'nightly' }));
        await client.send(new UpdateScheduleCommand({ ...schedule, State: 'DISABLED' } as never));
      },
    ],
    [
      'stack.subscription',
      'warning',
      BOTH,
      true,
      async () => {
        const client = new SNSClient(at());
        const { Subscriptions = [] } = await client.send(
          new ListSubscriptionsByTopicCommand({ TopicArn: stack.topicArn }),
        );
        for (const { SubscriptionArn } of Subscriptions) await client.send(new UnsubscribeCommand({ SubscriptionArn }));
      },
    ],
    [
      'destination.versioning',
      'warning',
      'moto',
      true,
      () =>
        connect(server.endpoint).send(
          new PutBucketVersioningCommand({ Bucket: 'production', VersioningConfiguration: { Status: 'Suspended' } }),
        ),
    ],
    [
      'destination.upload-rule',
      'warning',
      BOTH,
      true,
      () =>
        connect(server.endpoint).send(
          new PutBucketLifecycleConfigurationCommand({
            Bucket: 'production',
            LifecycleConfiguration: { Rules: [{ ...RULE, AbortIncompleteMultipartUpload: undefined }] },
          }),
        ),
    ],
    ['destination.ownership', 'warning', BOTH, true, () => putOwnership('ObjectWriter')],
    [
      'distribution.enabled',
      'warning',
      'moto',
      true,
      () => changeDistribution((config) => ({ ...config, Enabled: false })),
    ],
    [
      'distribution.origin',
      'failure',
      'moto',
      false,
      () =>
        changeDistribution(({ Origins, ...config }) => ({
          ...config,
          Origins: { Quantity: 1, Items: (Origins?.Items ?? []).map((origin) => ({ ...origin, OriginPath: '' })) },
        })),
    ],
    [
      'destination.object-lock',
      'warning',
      BOTH,
      true,
      () =>
        connect(server.endpoint).send(
          new PutObjectLockConfigurationCommand({
            Bucket: 'production',
            ObjectLockConfiguration: {
              ObjectLockEnabled: 'Enabled',
              Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } },
            },
          }),
        ),
    ],
    [
      'destination.key',
      'failure',
      BOTH,
      kind.name === 'ministack', // moto enables no key by its ARN
      async () => {
        const kms = new KMSClient(at());
        const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
        await connect(server.endpoint).send(
          new PutBucketEncryptionCommand({
            Bucket: 'production',
            ServerSideEncryptionConfiguration: {
              Rules: [
                {
                  ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KeyMetadata?.Arn },
                },
              ],
            },
          }),
        );
        await kms.send(new DisableKeyCommand({ KeyId: KeyMetadata?.KeyId }));
      },
    ],
    [
      'destination.policy-headers',
      'failure',
      BOTH,
      false,
      () =>
        putPolicy({
          Action: 's3:PutObject',
          Condition: { StringNotEquals: { 's3:x-amz-storage-class': 'STANDARD_IA' } },
        }),
    ],
  ];

  it.each(FAULTS.filter(([, , only]) => only.includes(kind.name)))(
    'turns the line %s to %s, and no other',
    async (check, state, _only, mends, make) => {
      const before = known ?? (await examine('Doc'));
      await make();
      const after = await examine('Doc');

      expect(turned(before, after)).toEqual([check]);
      expect(after.get(check)?.state).toBe(state);
      known = after;
      if (!mends) return;
      for (const command of after.get(check)?.commands ?? []) {
        const { exitCode, stderr } = await runCommand('bash', ['-c', `.venv/bin/${command}`], server.env);
        expect({ command, exitCode, stderr }).toMatchObject({ exitCode: 0 });
      }
      known = await examine('Doc');
      expect(turned(before, known)).toEqual([]);
    },
  );

  it('tells that an alarm notifies nobody', async () => {
    if (kind.name !== 'ministack') return;
    const client = new CloudWatchClient(at());
    await client.send(new SetAlarmStateCommand({ AlarmName: 'NoSuccess', StateValue: 'OK', StateReason: 'over' }));
    await client.send(new DisableAlarmActionsCommand({ AlarmNames: ['NoSuccess'] }));

    expect((await examine('Doc')).get('stack.alarm')).toMatchObject({ state: 'warning' });
  });

  it('only reads, whatever service it asks', async () => {
    const recorder = await recordOperations(server.endpoint);
    const env = { ...server.env, AWS_ENDPOINT_URL: recorder.endpoint };
    const { stdout } = await runBucketsync(['doctor', 'Doc'], env);
    recorder.stop();

    expect(stdout).toContain('Doc\n  ✓ status: ');
    expect([...recorder.operations]).toEqual(
      expect.arrayContaining(['ListStackResources', 'GetQueueAttributes', 'GET']),
    );
    const changing = [...recorder.operations].filter((name) => !/^(Get|Head|List|Describe|GET|HEAD)/.test(name));
    expect(changing).toEqual([]);
  });

  it('looks at two buckets of this server', async () => {
    const lines = await examine('s3://staging', 's3://production');

    expect(lines.get('source.reading')).toMatchObject({ state: 'ok', about: 's3://staging' });
    expect(lines.get('destination.lock')).toMatchObject({ state: 'ok', about: 's3://production' });
  });

  it('says that there is no such stack, as `start` does', async () => {
    const { exitCode, stderr } = await bucketsync('doctor', 'Missing');

    expect(exitCode).toBe(2);
    expect(stderr).toContain('There is no stack Missing in us-east-1');
  });
});
