import { Aspects, Duration, Stack, Tags } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';
import { BucketSync, type SyncMirror } from '../../lib';
import { DemoStack } from '../../lib/demo-stack';
import { ENVIRONMENT } from '../../statemachine/contract';
import { createApp, deployedMirrors, listResources } from './synthesize';

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

function create(more: Partial<SyncMirror> = {}): { stack: Stack; sync: BucketSync } {
  const stack = new Stack(createApp(), 'Stack');
  const sync = new BucketSync(stack, 'BucketSync', {
    mirrors: [
      {
        source: { bucket: s3.Bucket.fromBucketName(stack, 'Source', 'staging') },
        destination: { bucket: s3.Bucket.fromBucketName(stack, 'Destination', 'production') },
        schedules: [{ name: 'hourly', schedule: ScheduleExpression.rate(Duration.hours(1)) }],
        ...more,
      },
    ],
    notifications: { topic: new sns.Topic(stack, 'Topic') },
  });
  return { stack, sync };
}

const scopes: [what: string, scopeOf: () => { stack: Stack; scope: IConstruct }][] = [
  ['a construct', () => (({ stack, sync }) => ({ stack, scope: sync }))(create())],
  ['a stack', () => (({ stack }) => ({ stack, scope: stack }))(create())],
  ['the demo', () => (({ stack }) => ({ stack, scope: stack }))({ stack: new DemoStack(createApp(), 'Demo') })],
];

describe.each(scopes)('what is set on %s', (_what, scopeOf) => {
  const { stack, scope } = scopeOf();
  Tags.of(scope).add('team', 'blue');
  iam.PermissionsBoundary.of(scope).apply(iam.ManagedPolicy.fromAwsManagedPolicyName('PowerUserAccess'));
  const template = Template.fromStack(stack);
  const roles = listResources<{ Tags?: unknown; PermissionsBoundary?: unknown }>(template, 'AWS::IAM::Role');

  it('reaches every role: tags', () => {
    expect(roles.length).toBeGreaterThan(7);
    for (const [id, { Tags: tags }] of roles) expect([id, tags]).toEqual([id, [{ Key: 'team', Value: 'blue' }]]);
  });

  it('reaches every role: permission boundaries', () => {
    for (const [id, { PermissionsBoundary }] of roles) {
      expect([id, JSON.stringify(PermissionsBoundary)]).toEqual([id, expect.stringContaining('PowerUserAccess')]);
    }
  });

  it('reaches all that has tags', () => {
    for (const type of ['AWS::Lambda::Function', 'AWS::StepFunctions::StateMachine', 'AWS::Logs::LogGroup']) {
      template.allResourcesProperties(type, { Tags: Match.arrayWith([{ Key: 'team', Value: 'blue' }]) });
    }
  });
});

/** For each statement on S3 the accounts that have to own what it is about. */
function ownersOf(template: Template): [resource: string, owner: unknown][] {
  const policies = listResources<{ PolicyDocument: { Statement: Statement[] } }>(template, 'AWS::IAM::Policy');
  return policies
    .flatMap(([, { PolicyDocument }]) => PolicyDocument.Statement)
    .filter(({ Action }) => [Action].flat().some((action) => action.startsWith('s3:')))
    .map(({ Resource, Condition }) => [JSON.stringify(Resource), Condition?.StringEquals?.['aws:ResourceAccount']]);
}

const OWN_ACCOUNT = { Ref: 'AWS::AccountId' };

it('lets every role use only buckets of its own account', () => {
  const owners = ownersOf(Template.fromStack(create().stack));

  expect(owners.length).toBeGreaterThan(10);
  for (const owner of owners) expect(owner).toEqual([owner[0], OWN_ACCOUNT]);
});

it('says so to the functions, for their requests', () => {
  const template = Template.fromStack(create().stack);

  template.allResourcesProperties('AWS::Lambda::Function', {
    Environment: { Variables: { [ENVIRONMENT.reportOwner]: OWN_ACCOUNT } },
  });
  expect(deployedMirrors(template)).toMatchObject([
    { sourceOwner: '<AWS::AccountId>', destinationOwner: '<AWS::AccountId>' },
  ]);
});

it.each<[what: string, more: (scope: Stack) => Partial<SyncMirror>]>([
  [
    'the bucket was imported with',
    (scope) => ({
      source: {
        bucket: s3.Bucket.fromBucketAttributes(scope, 'Theirs', { bucketName: 'staging', account: '222222222222' }),
      },
    }),
  ],
  ['the input names', () => ({ input: { sourceOwner: '222222222222' } })],
])('lets the source belong to the account that %s, and to no other', (_what, more) => {
  const { stack } = create(more(new Stack(createApp(), 'Elsewhere')));
  const template = Template.fromStack(stack);

  for (const [resource, owner] of ownersOf(template)) {
    expect([resource, owner]).toEqual([resource, resource.includes('staging') ? '222222222222' : OWN_ACCOUNT]);
  }
  expect(deployedMirrors(template)).toMatchObject([{ sourceOwner: '222222222222' }]);
});

it('lets an aspect of the user see every role', () => {
  const { stack, sync } = create();
  const seen = new Set<string>();
  Aspects.of(sync).add({ visit: (node) => node instanceof iam.CfnRole && seen.add(node.logicalId) });

  expect(seen.size).toBe(0);
  expect(listResources(Template.fromStack(stack), 'AWS::IAM::Role')).toHaveLength(seen.size);
});
