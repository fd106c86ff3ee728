import { Match } from 'aws-cdk-lib/assertions';
import { version } from '../../package.json';
import { VERSION_TAG } from '../../statemachine/version-tag';
import { DEFINITION_TEXT, listFunctions, parseDefinition } from '../statemachine/definition';
import { listPermissions } from './permissions';
import { listResources, synthesize } from './synthesize';

const template = synthesize();
const permissions = listPermissions(template).filter(({ grantee }) => grantee === 'StateMachine');
const [[, properties] = []] = listResources<{
  readonly DefinitionSubstitutions: Readonly<Record<string, { readonly 'Fn::GetAtt': readonly [string, string] }>>;
}>(template, 'AWS::StepFunctions::StateMachine');
const substitutions = properties?.DefinitionSubstitutions ?? {};

it('fills in every placeholder of the definition, and no other', () => {
  const placeholders = new Set([...DEFINITION_TEXT.matchAll(/\$\{(\w+)\}/g)].map(([, placeholder]) => placeholder));

  expect(Object.keys(substitutions).sort()).toEqual([...placeholders].sort());
});

it.each(listFunctions(parseDefinition()))('fills in the function of Task %s', (name) => {
  const [id] = substitutions[`${name}FunctionArn`]?.['Fn::GetAtt'] ?? [];
  const description = template.findResources('AWS::Lambda::Function')[String(id)]?.Properties.Description;

  expect(description).toContain(`Task ${name} `);
});

it('logs errors and no data, and traces', () => {
  template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
    StateMachineType: 'STANDARD',
    LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: false },
    TracingConfiguration: { Enabled: true },
  });
});

it('has a log group that forgets, in the place that CloudWatch gives access to by itself', () => {
  template.hasResourceProperties('AWS::Logs::LogGroup', {
    LogGroupName: Match.stringLikeRegexp('^/aws/vendedlogs/states/'),
    RetentionInDays: 30,
  });
});

it.each([
  ['states:StartExecution', '<StateMachine>'],
  ['states:DescribeExecution', 'states:<AWS::Region>:<AWS::AccountId>:execution:<StateMachine>:*'],
  ['states:StopExecution', 'states:<AWS::Region>:<AWS::AccountId>:execution:<StateMachine>:*'],
  ['states:RedriveExecution', 'states:<AWS::Region>:<AWS::AccountId>:execution:<StateMachine>/*:*'],
])('may use %s on %s, which a Distributed Map needs', (action, resource) => {
  expect(permissions.filter((permission) => permission.action === action)).toEqual([
    { grantee: 'StateMachine', action, resource },
  ]);
});

it('may invoke its own functions only, as they are now', () => {
  const invoked = permissions
    .filter(({ action }) => action === 'lambda:InvokeFunction')
    .map(({ resource }) => resource);
  const own = listFunctions(parseDefinition()).map(([name]) => `<${name}>`);

  expect(invoked.sort()).toEqual(own.sort());
});

it('says which version has deployed it, so that `bucketsync doctor` can tell', () => {
  template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
    Tags: Match.arrayWith([{ Key: VERSION_TAG, Value: version }]),
  });
});
