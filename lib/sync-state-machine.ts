import { join } from 'node:path';
import { ArnFormat, Names, Stack, Tags } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { VERSION_TAG } from '../statemachine/version-tag';
import { createLogGroup, type LogSettings } from './create-log-group';
import { ownVersion } from './own-version';

const DEFINITION_PATH = join(__dirname, '..', 'statemachine', 'bucketsync.asl.json');

export interface SyncStateMachineProps extends LogSettings {
  /** The functions behind the Tasks, by the Task's name. */
  readonly functions: ReadonlyMap<string, lambda.IFunction>;

  /**
   * Name of the state machine.
   *
   * @default CloudFormation chooses one
   */
  readonly stateMachineName?: string;

  /**
   * Whether X-Ray traces executions.
   *
   * @default true
   */
  readonly tracing?: boolean;
}

/** The state machine of `statemachine/bucketsync.asl.json`, its role and its log group. */
export class SyncStateMachine extends Construct {
  readonly stateMachine: sfn.StateMachine;
  readonly logGroup: logs.ILogGroup;

  constructor(scope: Construct, id: string, props: SyncStateMachineProps) {
    super(scope, id);
    this.logGroup = this.createLogGroup(props);
    this.stateMachine = new sfn.StateMachine(this, 'Resource', {
      ...(props.stateMachineName !== undefined && { stateMachineName: props.stateMachineName }),
      comment: 'Mirrors one S3 bucket into another',
      stateMachineType: sfn.StateMachineType.STANDARD,
      definitionBody: sfn.DefinitionBody.fromFile(DEFINITION_PATH),
      definitionSubstitutions: Object.fromEntries(
        [...props.functions].map(([task, { functionArn }]) => [`${task}FunctionArn`, functionArn]),
      ),
      tracingEnabled: props.tracing !== false,
      logs: { destination: this.logGroup, level: sfn.LogLevel.ERROR, includeExecutionData: false },
    });
    // `bucketsync doctor` compares it to its own
    Tags.of(this.stateMachine).add(VERSION_TAG, ownVersion(), {
      includeResourceTypes: [sfn.CfnStateMachine.CFN_RESOURCE_TYPE_NAME],
    });
    // written by hand, because `grantInvoke` includes every version and alias
    iam.Grant.addToPrincipal({
      grantee: this.stateMachine,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [...props.functions.values()].map(({ functionArn }) => functionArn),
    });
    this.grantDistributedMap();
  }

  /**
   * Allows a Task's function to ask whether an execution of this state machine is active. This is a separate policy: in the
   * function's default policy it would make function and state machine depend on each other.
   */
  grantDescribeExecution(handler: lambda.IFunction): void {
    const policy = new iam.Policy(this, 'DescribeExecution');
    handler.role?.attachInlinePolicy(policy);
    this.stateMachine.grants.execution(policy, 'states:DescribeExecution');
  }

  /** CDK adds the permissions of a Distributed Map only to definitions that it writes itself, so they are added here. */
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

  /** The executions that a map run starts. Their names contain the state machine and the Map state's generated label. */
  private formatMapRunExecutionArn(): string {
    return Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${this.stateMachine.stateMachineName}/*:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  private createLogGroup(settings: LogSettings): logs.LogGroup {
    // CloudWatch limits its resource policy to 5,120 characters; a group with this prefix requires no entry of its own
    const name = `/aws/vendedlogs/states/${Names.uniqueResourceName(this, { maxLength: 80, separator: '-' })}`;
    return createLogGroup(this, 'Logs', settings, name);
  }
}
