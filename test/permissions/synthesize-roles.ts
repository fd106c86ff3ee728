import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as events from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import { BucketSync } from '../../lib/bucket-sync';
import type { CfnFunction } from '../lib/permissions';
import { createApp, listResources } from '../lib/synthesize';
import {
  ACCOUNT,
  BUCKETS,
  BUS,
  DISTRIBUTION,
  type Permission,
  REGION,
  type Roles,
  type Side,
  TOPIC,
  TOPIC_KEY,
} from './role-permissions';

/** Synthesizes the construct with buckets that have keys of their own, and reads its roles' policies. */
export function synthesizeRoles(): Roles {
  const stack = new Stack(createApp(), 'Stack', { env: { account: ACCOUNT, region: REGION } });
  const keyOf = (side: Side) =>
    kms.Key.fromKeyArn(stack, `${side}Key`, `arn:aws:kms:${REGION}:${ACCOUNT}:key/${BUCKETS[side]}`);
  const importBucket = (side: Side) =>
    s3.Bucket.fromBucketAttributes(stack, side, { bucketName: BUCKETS[side], encryptionKey: keyOf(side) });
  new BucketSync(stack, 'BucketSync', {
    mirrors: [
      {
        source: { bucket: importBucket('source') },
        destination: { bucket: importBucket('destination') },
        input: { archived: 'restore', invalidate: { distribution: DISTRIBUTION, wait: true } },
        undoable: true,
      },
    ],
    // As the app imports one, by its name.
    reportBucket: s3.Bucket.fromBucketName(stack, 'Reports', BUCKETS.reports),
    reportKey: keyOf('reports'),
    environmentKey: kms.Key.fromKeyArn(stack, 'EnvironmentKey', `arn:aws:kms:${REGION}:${ACCOUNT}:key/environment`),
    acls: true,
    notifications: { topic: sns.Topic.fromTopicAttributes(stack, 'Topic', { topicArn: TOPIC, keyArn: TOPIC_KEY }) },
    events: { bus: events.EventBus.fromEventBusArn(stack, 'Bus', BUS) },
  });
  return readTemplate(Template.fromStack(stack));
}

/** The same of a mirror between two S3s, neither of which the functions reach as what they are. */
export function synthesizeRolesElsewhere(): Roles {
  const stack = new Stack(createApp(), 'Stack', { env: { account: ACCOUNT, region: REGION } });
  const secret = (side: Side) => secretsmanager.Secret.fromSecretNameV2(stack, `${side}Secret`, `${side}-keys`);
  const elsewhere = (side: Side) => ({
    bucket: s3.Bucket.fromBucketName(stack, side, BUCKETS[side]),
    endpointUrl: `https://${side}.example.com`,
    secret: secret(side),
  });
  new BucketSync(stack, 'BucketSync', {
    mirrors: [{ source: elsewhere('source'), destination: elsewhere('destination') }],
    reportBucket: s3.Bucket.fromBucketName(stack, 'Reports', BUCKETS.reports),
    reportKey: kms.Key.fromKeyArn(stack, 'ReportKey', `arn:aws:kms:${REGION}:${ACCOUNT}:key/${BUCKETS.reports}`),
  });
  return readTemplate(Template.fromStack(stack));
}

interface FunctionProperties {
  readonly Description?: string;
  readonly Role: { readonly 'Fn::GetAtt': readonly [string, string] };
}
interface StateMachineProperties {
  readonly RoleArn: { readonly 'Fn::GetAtt': readonly [string, string] };
}
interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Permission['condition'];
}
interface PolicyProperties {
  readonly Roles: readonly { readonly Ref: string }[];
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

function readTemplate(template: Template): Roles {
  const resolve = createResolver(template);
  const policies = listResources<PolicyProperties>(template, 'AWS::IAM::Policy');
  const permissionsOf = (role: string): Permission[] =>
    policies
      .filter(([, { Roles }]) => Roles.some(({ Ref }) => Ref === role))
      .flatMap(([, { PolicyDocument }]) =>
        PolicyDocument.Statement.flatMap((statement) => explode(statement, resolve)),
      );

  const functions = listResources<FunctionProperties>(template, 'AWS::Lambda::Function').flatMap(
    ([, { Description = '', Role }]) => {
      const task = /^Task (\w+)/.exec(Description)?.[1];
      return task ? [[task, permissionsOf(Role['Fn::GetAtt'][0])] as const] : [];
    },
  );
  const machines = listResources<StateMachineProperties>(template, 'AWS::StepFunctions::StateMachine').map(
    ([, { RoleArn }]) => ['StateMachine', permissionsOf(RoleArn['Fn::GetAtt'][0])] as const,
  );
  return Object.fromEntries([...functions, ...machines]) as unknown as Roles;
}

/** One permission for each action and resource of a statement, so that none hides behind another. */
function explode(
  { Effect, Action, Resource, Condition }: Statement,
  resolve: (value: unknown) => string,
): Permission[] {
  if (Effect !== 'Allow') throw new Error(`Expected statements that allow, got ${Effect}: teach it to explode()`);
  const resources = [Resource].flat().map(resolve);
  const condition = Condition && { condition: Condition };
  return [Action].flat().flatMap((action) => resources.map((resource) => ({ action, resource, ...condition })));
}

const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
};

/** ARNs of the template's own resources, by their type; their names are their logical ids. */
const ARNS: Readonly<Record<string, string>> = {
  'AWS::Lambda::Function': `arn:aws:lambda:${REGION}:${ACCOUNT}:function:`,
  'AWS::StepFunctions::StateMachine': `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:`,
  'AWS::Logs::LogGroup': `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:`,
};

/** Turns what CloudFormation would fill in into text. */
function createResolver(template: Template): (value: unknown) => string {
  const resources = (template.toJSON() as { Resources: Record<string, { Type: string }> }).Resources;
  const arnOf = (id: string) => {
    const start = ARNS[resources[id]?.Type ?? ''];
    if (start === undefined) throw new Error(`Expected to know the ARN of ${id}: add its type to ARNS`);
    return `${start}${id}${start.includes(':log-group:') ? ':*' : ''}`;
  };
  const resolve = (value: unknown): string => {
    if (typeof value === 'string') return value;
    const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join, 'Fn::Select': part } = value as CfnFunction;
    if (Ref !== undefined)
      return PSEUDO_PARAMETERS[Ref] ?? (resources[Ref]?.Type.includes('StateMachine') ? arnOf(Ref) : Ref);
    if (attribute?.[1] === 'Arn') return arnOf(attribute[0]);
    if (attribute?.[1] === 'Name') return attribute[0];
    if (join) return join[1].map(resolve).join(join[0]);
    if (part) return resolve(part[1]['Fn::Split'][1]).split(part[1]['Fn::Split'][0])[part[0]] ?? '';
    throw new Error(
      `Expected a string or a function of CloudFormation that is known here, got ${JSON.stringify(value)}`,
    );
  };
  return resolve;
}
