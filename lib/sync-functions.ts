import { Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { SYNC_TASKS, type SyncTask } from '../permissions/sync-tasks';
import { RANGE_MEMORY_MIB } from '../statemachine/contract';
import { InvalidInputError } from '../statemachine/errors';
import { LOG_LEVELS } from '../statemachine/log-levels';
import { createLogGroup } from './create-log-group';
import { functionEnvironment } from './function-environment';
import { grantTask } from './grant-task';
import { createHandlerFunction } from './handler-function';
import type { SyncFunctionsProps } from './sync-functions-props';

type Network = Pick<lambda.FunctionOptions, 'vpc' | 'vpcSubnets' | 'securityGroups'>;

/** Actions of AWSLambdaVPCAccessExecutionRole, without its permissions for all log groups. */
const NETWORK_ACTIONS = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** The functions behind the state machine's Tasks, each with its own role and log group. */
export class SyncFunctions extends Construct {
  /** By the name of their Task. */
  readonly byTask: ReadonlyMap<string, lambda.Function>;

  constructor(scope: Construct, id: string, props: SyncFunctionsProps) {
    super(scope, id);
    refuseUnknownLevel(props, this.node.path);
    const network = this.createNetwork(props);
    this.byTask = new Map(SYNC_TASKS.map((task) => [task.name, this.createFunction(task, props, network)]));
  }

  /** The log groups, by the names of the Tasks. */
  logGroups(): Record<string, logs.ILogGroup> {
    return Object.fromEntries([...this.byTask].map(([task, handler]) => [task, handler.logGroup]));
  }

  /** Nothing connects to the functions, and they use only TLS. */
  private createNetwork({ vpc, vpcSubnets, securityGroups }: SyncFunctionsProps): Network {
    if (!vpc) return {};
    if (securityGroups) return { vpc, vpcSubnets, securityGroups: [...securityGroups] };
    const group = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Functions of the bucketsync state machine',
      allowAllOutbound: false,
    });
    group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'S3, Step Functions and STS');
    return { vpc, vpcSubnets, securityGroups: [group] };
  }

  private createFunction(task: SyncTask, props: SyncFunctionsProps, network: Network): lambda.Function {
    const logGroup = createLogGroup(this, `${task.name}Logs`, props);
    const role = this.createRole(task, logGroup, network);
    // with its own permission, a function does not depend on the grant that Lambda gives to this very role
    props.environmentKey?.grantDecrypt(role);
    const worksOnRanges = task.memoryMiB === RANGE_MEMORY_MIB;
    const handler = createHandlerFunction(this, task.name, {
      description: `Task ${task.name} of the bucketsync state machine`,
      timeout: Duration.seconds(task.timeoutSeconds),
      memorySize: (worksOnRanges && props.memory?.toMebibytes()) || task.memoryMiB,
      tracing: props.tracing === false ? lambda.Tracing.DISABLED : lambda.Tracing.ACTIVE,
      loggingFormat: lambda.LoggingFormat.JSON,
      applicationLogLevelV2: lambdaLevel(props),
      logGroup,
      role,
      environment: functionEnvironment(this, task, props),
      ...(props.environmentKey && { environmentEncryption: props.environmentKey }),
      ...network,
    });
    grantTask(handler, task, props);
    return handler;
  }

  /** A role without the default managed policy of functions, which allows writing to every log group. */
  private createRole(task: SyncTask, logGroup: logs.ILogGroup, { vpc }: Network): iam.IRole {
    const role = new iam.Role(this, `${task.name}Role`, {
      description: `Task ${task.name} of the bucketsync state machine`,
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(role);
    // Lambda uses the function's role to join the network; these actions do not support resources
    if (vpc) iam.Grant.addToPrincipal({ grantee: role, actions: NETWORK_ACTIONS, resourceArns: ['*'] });
    return role;
  }
}

/** @throws InvalidInputError  a level that TypeScript would have rejected, and that would fail every Task */
function refuseUnknownLevel({ logLevel }: SyncFunctionsProps, path: string): void {
  if (logLevel === undefined || LOG_LEVELS.includes(logLevel)) return;
  throw new InvalidInputError(
    `\`${path}\`: Expected \`logLevel\` to be one of ${LOG_LEVELS.join(', ')}, got ${JSON.stringify(logLevel)}`,
  );
}

/**
 * The functions leave lines out by themselves. If Lambda left them out, too, it could drop the line with the metrics: that has no
 * level, so Lambda takes it for `info`.
 */
function lambdaLevel({ logLevel }: SyncFunctionsProps): lambda.ApplicationLogLevel {
  return logLevel === 'debug' ? lambda.ApplicationLogLevel.DEBUG : lambda.ApplicationLogLevel.INFO;
}
