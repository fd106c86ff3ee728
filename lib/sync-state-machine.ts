import { join } from 'node:path';
import { ArnFormat, Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

const DEFINITION_PATH = join(__dirname, '..', 'statemachine', 'bucketsync.asl.json');

export interface SyncStateMachineProps {
  /** The functions behind the Tasks, by the Task's name. */
  readonly functions: ReadonlyMap<string, lambda.IFunction>;

  /** How long the state machine's logs are kept. */
  readonly logRetention: logs.RetentionDays;

  /**
   * Whether X-Ray follows executions.
   *
   * @default true
   */
  readonly tracing?: boolean;
}

/** The state machine of `statemachine/bucketsync.asl.json`, its role and its log group. */
export class SyncStateMachine extends Construct {
  readonly stateMachine: sfn.StateMachine;

  constructor(scope: Construct, id: string, props: SyncStateMachineProps) {
    super(scope, id);
    this.stateMachine = new sfn.StateMachine(this, 'Resource', {
      comment: 'Mirrors one S3 bucket into another',
      stateMachineType: sfn.StateMachineType.STANDARD,
      definitionBody: sfn.DefinitionBody.fromFile(DEFINITION_PATH),
      definitionSubstitutions: Object.fromEntries(
        [...props.functions].map(([task, { functionArn }]) => [`${task}FunctionArn`, functionArn]),
      ),
      tracingEnabled: props.tracing !== false,
      logs: { destination: this.createLogGroup(props), level: sfn.LogLevel.ERROR, includeExecutionData: false },
    });
    // By hand, because `grantInvoke` includes every version and alias.
    iam.Grant.addToPrincipal({
      grantee: this.stateMachine,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [...props.functions.values()].map(({ functionArn }) => functionArn),
    });
    this.grantDistributedMap();
  }

  /**
   * Lets a Task's function ask whether an execution of this state machine still runs.
   * A policy of its own: in the function's default policy it would make function and state machine wait for each other.
   */
  grantDescribeExecution(handler: lambda.IFunction): void {
    const policy = new iam.Policy(this, 'DescribeExecution');
    handler.role?.attachInlinePolicy(policy);
    this.stateMachine.grants.execution(policy, 'states:DescribeExecution');
  }

  /** The CDK knows of a Distributed Map only in definitions that it writes itself, so this one's permissions are added here. */
  private grantDistributedMap(): void {
    const policy = new iam.Policy(this, 'DistributedMap');
    this.stateMachine.role.attachInlinePolicy(policy);
    this.stateMachine.grants.startExecution(policy);
    this.stateMachine.grants.execution(policy, 'states:DescribeExecution', 'states:StopExecution');
    iam.Grant.addToPrincipal({
      grantee: policy,
      actions: ['states:RedriveExecution'],
      resourceArns: [this.formatMapRunExecutionArn()],
    });
  }

  /** The executions that a map run starts: named after the state machine and the Map state's generated label. */
  private formatMapRunExecutionArn(): string {
    return Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${this.stateMachine.stateMachineName}/*:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  private createLogGroup({ logRetention }: SyncStateMachineProps): logs.LogGroup {
    return new logs.LogGroup(this, 'Logs', {
      // Under this prefix CloudWatch adds the group to its resource policy by itself, which is limited to 5,120 characters.
      logGroupName: `/aws/vendedlogs/states/${Names.uniqueResourceName(this, { maxLength: 80, separator: '-' })}`,
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
