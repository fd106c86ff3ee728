import {
  type CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { version } from '../../package.json';
import { VERSION_TAG } from '../../statemachine/version-tag';
import { LONGEST_WAIT_MS } from '../support/longest-wait';

const SERVICES = ['lambda.amazonaws.com', 'states.amazonaws.com', 'scheduler.amazonaws.com'];
const ROLE = { 'Fn::GetAtt': ['Role', 'Arn'] };

/** A stack with all that the doctor looks at, which both servers take. The CDK's own has alarms on expressions, which they do not. */
const resourcesOf = (mirror: object) => ({
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: SERVICES }, Action: 'sts:AssumeRole' }],
      },
    },
  },
  Function: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: 'ValidateInput',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: ROLE,
      Code: { ZipFile: 'exports.handler = async () => ({})' },
      Environment: {
        Variables: { BUCKETSYNC_MIRRORS: JSON.stringify([mirror]), BUCKETSYNC_REPORT_LOCATION: 's3://reports' },
      },
    },
  },
  Machine: {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      StateMachineName: 'Sync',
      RoleArn: ROLE,
      DefinitionString: {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own
        'Fn::Sub': '{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"${Function.Arn}","End":true}}}',
      },
      Tags: [{ Key: VERSION_TAG, Value: version }],
    },
  },
  Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'Dead' } },
  Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'Alarms' } },
  Alarm: {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: 'NoSuccess',
      Namespace: 'BucketSync',
      MetricName: 'RunSucceeded',
      Dimensions: [{ Name: 'Mirror', Value: 's3://production' }],
      Statistic: 'Sum',
      Period: 3600,
      EvaluationPeriods: 26,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      AlarmActions: [{ Ref: 'Topic' }],
    },
  },
  Schedule: {
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      Name: 'nightly',
      ScheduleExpression: 'cron(0 3 * * ? *)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: { Ref: 'Machine' }, RoleArn: ROLE, Input: '{}' },
    },
  },
});

export interface DoctorStack {
  readonly stateMachineArn: string;
  readonly queueUrl: string;
  readonly topicArn: string;
}

/** Creates the stack `Doc`. @param mirror  that it deploys */
export async function createDoctorStack(client: CloudFormationClient, mirror: object): Promise<DoctorStack> {
  const Outputs = {
    StateMachineArn: { Value: { Ref: 'Machine' } },
    QueueUrl: { Value: { Ref: 'Queue' } },
    TopicArn: { Value: { Ref: 'Topic' } },
    ReportBucketName: { Value: 'reports' },
    StartCommand: { Value: 'aws stepfunctions start-execution' },
  };
  await client.send(
    new CreateStackCommand({
      StackName: 'Doc',
      TemplateBody: JSON.stringify({ Resources: resourcesOf(mirror), Outputs }),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    }),
  );
  await waitUntilStackCreateComplete(
    { client, maxWaitTime: LONGEST_WAIT_MS / 1000, minDelay: 1 },
    { StackName: 'Doc' },
  );
  const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: 'Doc' }));
  const outputs = new Map(stack?.Outputs?.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
  return {
    stateMachineArn: outputs.get('StateMachineArn') ?? '',
    queueUrl: outputs.get('QueueUrl') ?? '',
    topicArn: outputs.get('TopicArn') ?? '',
  };
}
