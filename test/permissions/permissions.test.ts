import type { TaskName } from '../../local/handlers';
import { EVENT_SOURCE } from '../../statemachine/events/announcements';
import { useMirror } from '../support/mirror';
import { StepFunctions } from '../support/step-functions';
import { findGrants, type Need } from './evaluate';
import { EXCEPTIONS, type Exception } from './needless';
import {
  ACCOUNT,
  BUS,
  DISTRIBUTION_ARN,
  describePermission,
  type Permission,
  REGION,
  type Roles,
  TOPIC,
  TOPIC_KEY,
} from './role-permissions';
import { readRoles } from './roles';
import { runScenarios } from './scenarios';
import { invokedTasks, serviceCalls } from './task-context';

const mirror = useMirror();
const roles = readRoles();
const all = (Object.entries(roles) as [keyof Roles, readonly Permission[]][]).flatMap(([role, permissions]) =>
  permissions.map((permission) => ({ role, permission })),
);
/** Permissions that were needed, as text. */
const used = new Set<string>();
const denials: string[] = [];
const problems: string[] = [];

beforeAll(async () => {
  const service = await StepFunctions.start(mirror);
  process.env.AWS_ENDPOINT_URL_SFN = service.endpoint;
  problems.push(...(await runScenarios(mirror)));
  await service.stop();
  for (const [role, needs] of Object.entries(otherNeeds())) {
    for (const need of needs) await judge(role as keyof Roles, need);
  }
  for (const permission of mirror.iam.used) used.add(permission);
  denials.push(...mirror.iam.denials.splice(0));
});

/** What the Tasks ask of other services than S3, and what Step Functions does for the Tasks. */
function otherNeeds(): Partial<Record<keyof Roles, Need[]>> {
  const starting = roles.StateMachine.find(({ action }) => action === 'states:StartExecution');
  const stateMachine = starting?.resource ?? `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:unknown`;
  const needs: Partial<Record<keyof Roles, Need[]>> = {
    StateMachine: [
      ...[...invokedTasks].map((task) => ({ action: 'lambda:InvokeFunction', resource: functionArn(task) })),
      // a Distributed Map starts an execution for each range
      { action: 'states:StartExecution', resource: stateMachine },
    ],
  };
  for (const { task, target } of serviceCalls) {
    needs[task] = [...(needs[task] ?? []), ...needsOf(target, stateMachine)];
  }
  return needs;
}

/** What a call to a service takes. A message to an encrypted topic takes its key, too. */
function needsOf(target: string, stateMachine: string): Need[] {
  switch (target) {
    case 'AWSStepFunctions.DescribeExecution':
      return [
        {
          action: 'states:DescribeExecution',
          resource: `${stateMachine.replace(':stateMachine:', ':execution:')}:run`,
        },
      ];
    case 'AWSEvents.PutEvents':
      return [{ action: 'events:PutEvents', resource: BUS, context: { 'events:source': [EVENT_SOURCE] } }];
    case 'SNS.Publish':
      return [
        { action: 'sns:Publish', resource: TOPIC },
        ...['kms:GenerateDataKey', 'kms:Decrypt'].map((action) => ({ action, resource: TOPIC_KEY })),
      ];
    case 'CloudFront.CreateInvalidation':
    case 'CloudFront.GetInvalidation':
      return [{ action: target.replace('CloudFront.', 'cloudfront:'), resource: DISTRIBUTION_ARN }];
    default:
      throw new Error(`Say in needsOf() which permission ${target} takes`);
  }
}

function functionArn(task: TaskName): string {
  const arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:`;
  const found = roles.StateMachine.find(
    ({ resource }) => resource.startsWith(arn) && resource.includes(`Functions${task}`),
  );
  return found?.resource.replace(/:\*$/, '') ?? `${arn}${task}`;
}

async function judge(role: keyof Roles, need: Need): Promise<void> {
  const grants = await findGrants(roles[role], need);
  for (const grant of grants) used.add(describePermission(role, grant));
  if (grants.length === 0)
    denials.push(`${role} needs ${need.action} on ${need.resource}, and its role does not allow that`);
}

describe('the roles', () => {
  it('allow every request that the functions send', () => {
    expect(denials).toEqual([]);
  });

  it('let every scenario reach its end', () => {
    expect(problems).toEqual([]);
  });

  it.each(all.map(({ role, permission }) => [describePermission(role, permission), role, permission] as const))(
    'allow nothing that is not needed: %s',
    (name, role, permission) => {
      const isNeeded = used.has(name) || findExceptions(role, permission).length > 0;

      expect(isNeeded ? '' : NEEDLESS).toBe('');
    },
  );
});

it.each(
  all
    .filter(({ permission }) => permission.action.startsWith('s3:'))
    .map(({ role, permission }) => [describePermission(role, permission), role, permission] as const),
)('a bucket of another account is not used: %s', async (_name, role, permission) => {
  const { action, resource, condition = {} } = permission;
  const met = Object.fromEntries(Object.values(condition).flatMap((keys) => Object.entries(keys)));
  const context = { ...(met as Record<string, string>), 's3:prefix': '' };
  const need = { action, resource: resource.replaceAll('*', 'key') };

  const own = await findGrants(roles[role], { ...need, context });
  const theirs = await findGrants(roles[role], {
    ...need,
    context: { ...context, 'aws:ResourceAccount': '999999999999' },
  });

  expect(theirs).toEqual([]);
  expect(own).not.toEqual([]);
});

const NEEDLESS =
  'no request of test/permissions/*scenarios.ts needs it: add a scenario that does, or take it out of permissions/sync-tasks.ts ' +
  '(or lib/). If no request here can show that it is needed, give the reason in test/permissions/needless.ts';

describe('the exceptions', () => {
  it.each(EXCEPTIONS.map((exception) => [exception.reason, exception] as const))('hold: %s', (_reason, exception) => {
    const excused = all.filter(({ role, permission }) => findExceptions(role, permission).includes(exception));

    expect(excused).not.toEqual([]);
    // one that is used needs no exception any more
    expect(excused.filter(({ role, permission }) => used.has(describePermission(role, permission)))).toEqual([]);
  });
});

function findExceptions(role: string, permission: Permission): Exception[] {
  return EXCEPTIONS.filter(
    ({ role: ofRole, action, resource }) =>
      ofRole.test(role) && action.test(permission.action) && (resource?.test(permission.resource) ?? true),
  );
}
