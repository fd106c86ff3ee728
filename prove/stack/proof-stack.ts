import { join } from 'node:path';
import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { DemoStack } from '../../lib/demo-stack';
import type { SyncNotifications } from '../../lib/sync-notifications';

const DEFINITION_PATH = join(__dirname, 'probes.asl.json');
/** Much less than the `timeout` probe needs. */
const FUNCTION_TIMEOUT = Duration.seconds(5);

/** The demo, with a queue that gets its notifications, and a state machine in which functions fail on purpose. */
export class ProofStack extends DemoStack {
  constructor(scope: Construct, id: string) {
    super(scope, id, { description: 'Made by bucketsync prove; may be deleted', notify: createNotifications });
    new Probes(this, 'Probes');
  }
}

function createNotifications(stack: Stack): SyncNotifications {
  const scope = new Construct(stack, 'Notifications');
  const [messages, deadLetterQueue] = [createQueue(scope, 'Messages'), createQueue(scope, 'DeadLetters')];
  const topic = new sns.Topic(scope, 'Topic', { enforceSSL: true });
  topic.addSubscription(new SqsSubscription(messages, { rawMessageDelivery: true }));
  addOutput(stack, 'MessagesUrl', messages.queueUrl);
  addOutput(stack, 'DeadLettersUrl', deadLetterQueue.queueUrl);
  return { topic, deadLetterQueue };
}

function createQueue(scope: Construct, id: string): sqs.Queue {
  return new sqs.Queue(scope, id, { enforceSSL: true, retentionPeriod: Duration.days(1) });
}

class Probes extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const functions = { Probe: this.createFunction('Probe'), Throttled: this.createFunction('Throttled', 0) };
    const stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      stateMachineType: sfn.StateMachineType.STANDARD,
      definitionBody: sfn.DefinitionBody.fromFile(DEFINITION_PATH),
      definitionSubstitutions: Object.fromEntries(
        Object.entries(functions).map(([name, { functionArn }]) => [`${name}FunctionArn`, functionArn]),
      ),
    });
    for (const handler of Object.values(functions)) handler.grantInvoke(stateMachine);
    const policy = new iam.Policy(this, 'DistributedMap');
    stateMachine.role.attachInlinePolicy(policy);
    stateMachine.grants.startExecution(policy);
    stateMachine.grants.execution(policy, 'states:DescribeExecution', 'states:StopExecution');
    addOutput(this, 'ProbesArn', stateMachine.stateMachineArn);
  }

  /** @param reservedConcurrentExecutions  0: Lambda never runs it */
  private createFunction(name: string, reservedConcurrentExecutions?: number): lambda.Function {
    return new lambda.Function(this, name, {
      description: 'Fails as it is told to',
      code: lambda.Code.fromAsset(join(__dirname, 'probe-function')),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      timeout: FUNCTION_TIMEOUT,
      memorySize: 128,
      reservedConcurrentExecutions,
      logGroup: new logs.LogGroup(this, `${name}Logs`, {
        retention: logs.RetentionDays.ONE_DAY,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    });
  }
}

/** Under this name, whatever construct contains it. */
function addOutput(scope: Construct, name: string, value: string): void {
  new CfnOutput(Stack.of(scope), name, { value });
}
