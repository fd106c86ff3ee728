import {
  type CloudFormationClient,
  CloudFormationServiceException,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { InvalidInputError } from '../../statemachine/errors';
import { type Clients, type ConnectionOptions, connect } from './clients';

export interface StateMachineOptions extends ConnectionOptions {
  /** Name of the stack with the state machine. */
  readonly stack: string;
  /** The state machine's ARN. If it is set, the stack is not used. */
  readonly stateMachine?: string;
}

export interface StateMachine {
  readonly arn: string;
  readonly clients: Clients;
}

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
  const arn = stateMachine ?? (await findInStack(options.stack, clients.cloudFormation));
  return { arn, clients };
}

async function findInStack(stack: string, client: CloudFormationClient): Promise<string> {
  const found = await listStateMachines(stack, client);
  const [arn] = found;
  if (arn !== undefined && found.length === 1) return arn;
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
    throw new InvalidInputError(
      `There is no stack ${stack} in ${region}: name it with --stack, or the state machine with --state-machine`,
      { cause },
    );
  }
  return found;
}

/** CloudFormation has no separate error for this. */
function isNoSuchStack(error: unknown): boolean {
  return error instanceof CloudFormationServiceException && error.name === 'ValidationError';
}
