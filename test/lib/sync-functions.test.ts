import { ENVIRONMENT } from '../../statemachine/contract';
import { listFunctions, parseDefinition } from '../statemachine/definition';
import { listPermissions } from './permissions';
import { listResources, synthesize } from './synthesize';

interface FunctionProperties {
  readonly Description: string;
  readonly Architectures: readonly string[];
  readonly Runtime: string;
  readonly Handler: string;
  readonly Timeout: number;
  readonly MemorySize: number;
  readonly Environment: { readonly Variables: Readonly<Record<string, unknown>> };
  readonly LoggingConfig: { readonly LogGroup: { readonly Ref: string } };
  readonly TracingConfig: { readonly Mode: string };
  readonly Role: { readonly 'Fn::GetAtt': readonly [string, string] };
}

const template = synthesize();
const functions = listResources<FunctionProperties>(template, 'AWS::Lambda::Function');
const permissions = listPermissions(template);
const tasks = listFunctions(parseDefinition());

it('creates one function for each Task, and no other', () => {
  const described = functions.map(([, { Description }]) => /Task (\w+)/.exec(Description)?.[1]);

  expect(described.sort()).toEqual(tasks.map(([name]) => name).sort());
});

it.each([
  [{}, 'info', 'INFO'],
  [{ logLevel: 'error' }, 'error', 'INFO'],
  [{ logLevel: 'debug' }, 'debug', 'DEBUG'],
])(
  'functions leave lines of their logs out by themselves, because Lambda could drop the metrics: %j',
  (given, own, ofLambda) => {
    const settings = { source: 'staging', destination: 'production', ...given };
    const all = listResources<FunctionProperties>(synthesize(settings), 'AWS::Lambda::Function');

    expect(all).toHaveLength(tasks.length);
    for (const [, { Environment, LoggingConfig }] of all) {
      expect(Environment.Variables[ENVIRONMENT.logLevel]).toBe(own);
      expect(LoggingConfig).toMatchObject({ LogFormat: 'JSON', ApplicationLogLevel: ofLambda });
    }
  },
);

describe.each(tasks)('the function of Task %s', (name, task) => {
  const [, properties] = findFunction(name);
  const variables = properties.Environment.Variables;

  it('runs on Node.js 24 on arm64', () => {
    expect(properties).toMatchObject({
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
    });
  });

  it('ends before the Task does, so that its own error arrives', () => {
    expect(properties.Timeout).toBeLessThan(Number(task.TimeoutSeconds));
  });

  it('shows stack traces in TypeScript', () => {
    expect(variables).toMatchObject({ NODE_OPTIONS: '--enable-source-maps' });
  });

  it('knows where reports are kept', () => {
    expect(variables).toMatchObject({
      [ENVIRONMENT.reportLocation]: { 'Fn::Join': ['', ['s3://', { Ref: expect.stringMatching(/ReportBucket/) }]] },
    });
  });

  it('knows budgets that grow, and leave a Lambda of 15 minutes time to stop', () => {
    const budgets = String(variables[ENVIRONMENT.roundBudgetsMs]).split(',').map(Number);

    expect(budgets).toEqual(budgets.toSorted((a, b) => a - b));
    expect([...new Set(budgets)]).toEqual([20_000, 60_000, 120_000, 240_000, 600_000]);
  });

  it('has a log group that forgets', () => {
    const [, logGroup] = listResources(template, 'AWS::Logs::LogGroup').find(
      ([id]) => id === properties.LoggingConfig.LogGroup.Ref,
    ) as [string, unknown];

    expect(logGroup).toMatchObject({ RetentionInDays: 30 });
  });

  it('shares neither its log group nor its role with another function', () => {
    const sharing = functions.filter(
      ([, other]) =>
        other.LoggingConfig.LogGroup.Ref === properties.LoggingConfig.LogGroup.Ref ||
        other.Role['Fn::GetAtt'][0] === properties.Role['Fn::GetAtt'][0],
    );

    expect(sharing).toHaveLength(1);
  });
});

describe('the roles', () => {
  it('have no managed policy', () => {
    const managed = listResources<{ ManagedPolicyArns?: unknown }>(template, 'AWS::IAM::Role').filter(
      ([, { ManagedPolicyArns }]) => ManagedPolicyArns !== undefined,
    );

    expect(managed).toEqual([]);
  });

  it.each([
    [{}, []],
    [{ acl: 'none' }, []],
    [{ acls: true }, ['CopyRange', 'FinishRun', 'ValidateInput']],
    [{ acl: 'bucket-owner-full-control' }, ['CopyRange', 'FinishRun', 'ValidateInput']],
    [{ mayOverride: ['acl'] }, ['CopyRange', 'FinishRun', 'ValidateInput']],
  ])('allow setting ACLs, with %j, only to %j', (settings, grantees) => {
    const made = listPermissions(
      synthesize({ source: 'example-staging', destination: 'example-production', ...settings }),
    );
    const setting = made.filter(({ action }) => action === 's3:PutObjectAcl');

    expect([...new Set(setting.map(({ grantee }) => grantee))].sort()).toEqual(grantees);
  });

  it.each([
    [{}, []],
    [{ archived: 'skip' }, []],
    [{ archived: 'restore' }, ['CopyRange', 'ValidateInput']],
    [{ mayOverride: ['archived'] }, ['CopyRange', 'ValidateInput']],
  ])('allow restoring objects of the source, with %j, only to %j', (settings, grantees) => {
    const template = synthesize({ source: 'example-staging', destination: 'example-production', ...settings });
    const restoring = listPermissions(template).filter(({ action }) => action === 's3:RestoreObject');

    expect([...new Set(restoring.map(({ grantee }) => grantee))].sort()).toEqual(grantees);
    // ValidateInput restores nothing: it asks for a key that nobody has.
    for (const { grantee, resource } of restoring) {
      expect(resource).toMatch(
        grantee === 'ValidateInput' ? /:example-staging\/\*\.bucketsync-probe-\*$/ : /:example-staging\/\*$/,
      );
    }
  });

  it.each([
    [{}, []],
    [{ undoable: true }, ['CopyRange']],
  ])(
    'allow listing and reading former versions, with %j, only to %j and only at the destination',
    (settings, grantees) => {
      const template = synthesize({ source: 'example-staging', destination: 'example-production', ...settings });
      const granted = listPermissions(template).filter(({ action }) => /Version/.test(action));

      expect([...new Set(granted.map(({ grantee }) => grantee))]).toEqual(grantees);
      for (const { action, resource } of granted) {
        expect(resource).toMatch(/:example-production(\/\*)?$/);
        expect(action).not.toMatch(/Delete|Put/);
      }
    },
  );

  it('name each action in full', () => {
    expect(permissions.filter(({ action }) => action.includes('*'))).toEqual([]);
  });

  it('allow all resources only for actions that have no narrower resource', () => {
    const everywhere = permissions.filter(({ resource }) => resource === '*').map(({ action }) => action);

    expect(
      everywhere.filter(
        (action) => !/^(xray:(Put|Get)|logs:\w+(LogDelivery|LogDeliveries|ResourcePolic|LogGroups))/.test(action),
      ),
    ).toEqual([]);
  });

  it('allow nobody to write to the source', () => {
    expect(
      permissions.filter(({ action, resource }) => resource.includes('example-staging') && !/:(Get|List)/.test(action)),
    ).toEqual([]);
  });

  it.each([
    ['s3:DeleteObject', /:example-production\/\*$/, ['DeleteRange']],
    ['s3:PutObject', /:example-production\/\*$/, ['CopyRange']],
    ['s3:DeleteObject', /:example-production\/\*\.bucketsync-probe-\*$/, ['ValidateInput']],
    ['s3:PutObject', /:example-production\/\*\.bucketsync-probe-\*$/, ['ValidateInput']],
    ['s3:GetObject', /:example-staging\//, ['CopyRange', 'DeleteRange', 'ValidateInput']],
    ['states:DescribeExecution', /:execution:/, ['StateMachine', 'ValidateInput']],
  ])('allow %s on %s only to %j', (action, resource, grantees) => {
    const allowed = permissions.filter(
      (permission) => permission.action === action && resource.test(permission.resource),
    );

    expect([...new Set(allowed.map(({ grantee }) => grantee))].sort()).toEqual(grantees);
  });
});

function findFunction(task: string): [string, FunctionProperties] {
  const found = functions.find(([, { Description }]) => Description.startsWith(`Task ${task} `));
  if (!found) throw new Error(`Expected a function for Task ${task}, got none`);
  return found;
}
