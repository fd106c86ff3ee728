import {
  type CloudFormationClient,
  CloudFormationServiceException,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { InvalidInputError } from '../../statemachine/errors';
import { type Clients, type ConnectionOptions, connect } from './clients';
import { findOwnStacks } from './own-stacks';

export interface StateMachineOptions extends ConnectionOptions {
  /** Name of the stack with the state machine. Without one it is `BucketSync`, otherwise the only one that is deployed. */
  readonly stack?: string;
  /** The state machine's ARN. If it is set, the stack is not used. */
  readonly stateMachine?: string;
}

export interface StateMachine {
  readonly arn: string;
  /** The stack by which it was found. */
  readonly stack?: string;
  readonly clients: Clients;
}

/** What the stack is called if nobody says anything else. */
const USUAL_STACK = 'BucketSync';
const STATE_MACHINE_ARN = /^arn:[^:]+:states:[^:]+:\d{12}:stateMachine:[^:]+$/;

/**
 * Finds the deployed state machine.
 *
 * @throws InvalidInputError  there is no such stack, or it does not have exactly one state machine
 */
export async function findStateMachine({ stateMachine, ...options }: StateMachineOptions): Promise<StateMachine> {
  if (stateMachine !== undefined && !STATE_MACHINE_ARN.test(stateMachine)) {
    throw new InvalidInputError(`Expected --state-machine to be the ARN of a state machine, got "${stateMachine}"`);
  }
  const clients = await connect(options, stateMachine);
  const found = stateMachine ? { arn: stateMachine } : await findByStack(options.stack, clients.cloudFormation);
  return { ...found, clients };
}

type InStack = Required<Pick<StateMachine, 'arn' | 'stack'>>;

async function findByStack(stack: string | undefined, client: CloudFormationClient): Promise<InStack> {
  if (stack !== undefined) return findInStack(stack, client);
  return findInStack(USUAL_STACK, client).catch(async (error: unknown) => {
    if (!(error instanceof NoSuchStackError)) throw error;
    const [only, ...others] = await findOwnStacks(client);
    if (only === undefined) throw error;
    if (others.length === 0) return findInStack(only, client);
    throw new InvalidInputError(
      `Expected one stack of bucketsync in ${await client.config.region()}, got ${others.length + 1}: choose one with --stack:\n` +
        [only, ...others].map((name) => `  ${name}`).join('\n'),
    );
  });
}

class NoSuchStackError extends InvalidInputError {}

async function findInStack(stack: string, client: CloudFormationClient): Promise<InStack> {
  const found = await listStateMachines(stack, client);
  const [arn] = found;
  if (arn !== undefined && found.length === 1) return { arn, stack };
  const what = arn === undefined ? 'none' : `${found.length}: choose one with --state-machine:\n${found.join('\n')}`;
  throw new InvalidInputError(`Expected the stack ${stack} to have one state machine, got ${what}`);
}

async function listStateMachines(stack: string, client: CloudFormationClient): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName: stack })) {
      for (const { ResourceType, PhysicalResourceId } of StackResourceSummaries) {
        if (ResourceType === 'AWS::StepFunctions::StateMachine' && PhysicalResourceId) found.push(PhysicalResourceId);
      }
    }
  } catch (cause) {
    if (!isNoSuchStack(cause)) throw cause;
    const region = await client.config.region();
    throw new NoSuchStackError(
      `There is no stack ${stack} in ${region}: deploy it, name it with --stack, or the state machine with --state-machine`,
      { cause },
    );
  }
  return found;
}

/** CloudFormation has no separate error for this. */
function isNoSuchStack(error: unknown): boolean {
  return error instanceof CloudFormationServiceException && error.name === 'ValidationError';
}
