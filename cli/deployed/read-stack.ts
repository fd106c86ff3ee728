import {
  type CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import { DescribeStateMachineCommand, ListTagsForResourceCommand } from '@aws-sdk/client-sfn';
import { ask } from '../../local/doctor/ask';
import type { Answer } from '../../local/doctor/finding';
import type { StackFacts } from '../../local/doctor/stack-facts';
import { ENVIRONMENT } from '../../statemachine/contract';
import { type DeployedMirror, parseDeployedMirror } from '../../statemachine/input/deployed-mirrors';
import { parseJson } from '../../statemachine/input/parse-json';
import { parseSideSettings, type SideSetting } from '../../statemachine/input/sides';
import { VERSION_TAG } from '../../statemachine/version-tag';
import type { ConnectionOptions } from './clients';
import { readFunctions } from './read-functions';
import { readMirrors } from './read-successes';
import { StackReader } from './stack-reader';
import type { StateMachine } from './state-machine';

/** What a stack says about the buckets of its mirrors. */
export interface DeployedSettings {
  readonly mirrors: readonly DeployedMirror[];
  readonly sides: readonly SideSetting[];
  readonly reportLocation: string | undefined;
}

export interface DeployedFacts {
  readonly facts: StackFacts;
  readonly settings: Answer<DeployedSettings>;
}

/** CloudFormation gives this tag to all that it creates. */
const STACK_TAG = 'aws:cloudformation:stack-name';
const FUNCTION_ARN = /arn:[^:"\s]+:lambda:[^:"\s]+:\d{12}:function:([\w-]+)/g;

/** Reads everything about a stack. Sends only Get, List and Describe requests. */
export async function readStack(
  stateMachine: StateMachine,
  options: ConnectionOptions,
  { awsOptions, ownOptions, now }: Pick<StackFacts, 'awsOptions' | 'ownOptions' | 'now'>,
): Promise<DeployedFacts> {
  const { arn, clients } = stateMachine;
  const tags = await ask('states:ListTagsForResource', async () => {
    const { tags: found = [] } = await clients.stepFunctions.send(new ListTagsForResourceCommand({ resourceArn: arn }));
    return new Map(found.map(({ key = '', value = '' }) => [key, value]));
  });
  const machine = await ask('states:DescribeStateMachine', () =>
    clients.stepFunctions.send(new DescribeStateMachineCommand({ stateMachineArn: arn })),
  );
  const stack = stateMachine.stack ?? ('value' in tags ? tags.value.get(STACK_TAG) : undefined);
  const resources = await listResources(stack, clients.cloudFormation);
  const { functions, environment, concurrency } = await readFunctions(namesIn(machine), options, arn);
  const settings = await readSettings(environment);
  const reader = new StackReader(options, stateMachine);
  const [stackStatus, schedules, queues, alarms] = await Promise.all([
    readStatus(stack, clients.cloudFormation),
    reader.schedules(idsOf(resources, 'AWS::Scheduler::Schedule')),
    reader.queues(idsOf(resources, 'AWS::SQS::Queue')),
    reader.alarms(idsOf(resources, 'AWS::CloudWatch::Alarm')),
  ]);
  const topics = await reader.topics(idsOf(resources, 'AWS::SNS::Topic'));
  const mirrors = await map(settings, (known) => readMirrors(known.mirrors, stateMachine, options, now));
  const facts = {
    ...{ stack, stateMachineArn: arn, awsOptions, ownOptions, now, stackStatus },
    machineStatus: await map(machine, async ({ status = '' }) => status),
    version: await map(tags, async (found) => found.get(VERSION_TAG)),
    ...{ functions, concurrency, schedules, queues, alarms, topics, mirrors },
  };
  return { facts, settings };
}

async function map<T, U>(answer: Answer<T>, convert: (value: T) => Promise<U>): Promise<Answer<U>> {
  return 'value' in answer ? { value: await convert(answer.value) } : answer;
}

type Resources = Answer<readonly StackResourceSummary[]>;

async function listResources(stack: string | undefined, client: CloudFormationClient): Promise<Resources> {
  if (stack === undefined) return { unknown: 'the state machine does not say to which stack it belongs: add --stack' };
  return ask('cloudformation:ListStackResources', async () => {
    const found: StackResourceSummary[] = [];
    for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName: stack })) {
      found.push(...StackResourceSummaries);
    }
    return found;
  });
}

function idsOf(resources: Resources, type: string): Answer<readonly string[]> {
  if (!('value' in resources)) return resources;
  const own = resources.value.filter(
    ({ ResourceType, ResourceStatus }) => ResourceType === type && !ResourceStatus?.startsWith('DELETE_'),
  );
  return { value: own.flatMap(({ PhysicalResourceId }) => PhysicalResourceId ?? []) };
}

async function readStatus(stack: string | undefined, client: CloudFormationClient): Promise<Answer<string>> {
  if (stack === undefined) return { unknown: 'no stack is known' };
  return ask('cloudformation:DescribeStacks', async () => {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    return Stacks[0]?.StackStatus ?? 'unknown';
  });
}

function namesIn(machine: Answer<{ readonly definition?: string | undefined }>): Answer<readonly string[]> {
  if (!('value' in machine)) return machine;
  return {
    value: [...new Set([...(machine.value.definition ?? '').matchAll(FUNCTION_ARN)].map(([, name = '']) => name))],
  };
}

/** The environment of `ValidateInput`: it decides what every execution does. */
async function readSettings(environment: Answer<NodeJS.ProcessEnv>): Promise<Answer<DeployedSettings>> {
  return map(environment, async (variables) => {
    const sides = variables[ENVIRONMENT.sides];
    const mirrors = parseJson(variables[ENVIRONMENT.mirrors] || '[]') as unknown[];
    return {
      mirrors: mirrors.map((mirror) => parseDeployedMirror(mirror, () => sides !== undefined)),
      sides: sides ? parseSideSettings(sides) : [],
      reportLocation: variables[ENVIRONMENT.reportLocation],
    };
  });
}
