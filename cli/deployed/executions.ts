import { randomUUID } from 'node:crypto';
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  ExecutionDoesNotExist,
  type ExecutionListItem,
  InvalidArn,
  ListExecutionsCommand,
  type ListExecutionsCommandInput,
  StartExecutionCommand,
  StateMachineDoesNotExist,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { LATEST, onlyOne } from '../../local/find-run';
import { InvalidInputError } from '../../statemachine/errors';
import { isExecutionArn, runIdOf } from '../../statemachine/execution-id';
import type { SyncRequest } from '../../statemachine/input/sync-input';
import { type ConnectionOptions, connect } from './clients';
import { NAMED_UNSEEN_FOR_MS, OWN_UNSEEN_FOR_MS } from './patience';
import { findStateMachine, type StateMachine, type StateMachineOptions } from './state-machine';

/** One execution of the deployed state machine: a run. */
export interface Execution {
  readonly arn: string;
  readonly stateMachine: StateMachine;
  /** Until this time (milliseconds since 1970) the execution may exist although Step Functions says that it does not. */
  readonly unseenUntil?: number;
}

/** Characters of an id. A shorter text may be the beginning of an id. */
const WHOLE_ID = 36;
/** How many executions one request lists. */
const MOST_LISTED = 1000;

const EXECUTION_ARN = /^(arn:[^:]+:states:[^:]+:\d{12}):execution:([^:]+):[^:]+$/;

/** The execution's name, which is the run's id. */
export function runId({ arn }: Pick<Execution, 'arn'>): string {
  return runIdOf(arn);
}

export function hasEnded(status: string | undefined): boolean {
  return status !== 'RUNNING' && status !== 'PENDING_REDRIVE';
}

/**
 * The name ensures that the execution starts only once, even if the SDK repeats the request.
 *
 * @throws InvalidInputError  there is no such state machine
 */
export async function startExecution(stateMachine: StateMachine, request: Partial<SyncRequest>): Promise<Execution> {
  const { arn: stateMachineArn, clients } = stateMachine;
  const command = new StartExecutionCommand({ stateMachineArn, name: randomUUID(), input: JSON.stringify(request) });
  const { executionArn } = await clients.stepFunctions.send(command).catch(explainAbsence);
  if (!executionArn) throw new Error('Step Functions started an execution without an ARN');
  return { arn: executionArn, stateMachine, unseenUntil: Date.now() + OWN_UNSEEN_FOR_MS };
}

/**
 * @param run  a run's id or its beginning, or the ARN of its execution; without one, or with `latest`, the newest run, running ones
 * first
 * @throws InvalidInputError  there is no such run, or the ARN is not an execution's
 */
export async function findExecution(run: string | undefined, options: StateMachineOptions): Promise<Execution> {
  if (run !== undefined && isExecutionArn(run)) return findByArn(run, options);
  const stateMachine = await findStateMachine(options);
  if (run !== undefined && run !== LATEST) {
    const name = run.length < WHOLE_ID ? ((await findByStart(run, stateMachine)) ?? run) : run;
    const arn = `${stateMachine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    return { arn, stateMachine, unseenUntil: Date.now() + NAMED_UNSEEN_FOR_MS };
  }
  const [newest] = [
    ...(await listExecutions(stateMachine, { statusFilter: 'RUNNING', maxResults: 1 })),
    ...(await listExecutions(stateMachine, { maxResults: 1 })),
  ];
  if (newest?.executionArn) {
    return { arn: newest.executionArn, stateMachine, unseenUntil: Date.now() + NAMED_UNSEEN_FOR_MS };
  }
  throw new InvalidInputError(`${stateMachine.arn} has not run yet: start it with \`bucketsync start\``);
}

/**
 * The name of the only run among the newest ones that begins so, or that is called so.
 *
 * @throws InvalidInputError  several begin so
 */
async function findByStart(start: string, stateMachine: StateMachine): Promise<string | undefined> {
  const executions = await listExecutions(stateMachine, { maxResults: MOST_LISTED });
  const names = executions.flatMap(({ name }) => (name?.startsWith(start) ? [name] : []));
  return names.includes(start) ? start : onlyOne(start, names);
}

/** @throws InvalidInputError  the ARN is not an execution's */
export async function findByArn(arn: string, options: ConnectionOptions): Promise<Execution> {
  const [, start, name] = EXECUTION_ARN.exec(arn) ?? [];
  if (start === undefined) throw new InvalidInputError(`Expected the ARN of an execution, got "${arn}"`);
  const stateMachine = { arn: `${start}:stateMachine:${name}`, clients: await connect(options, arn) };
  return { arn, stateMachine, unseenUntil: Date.now() + NAMED_UNSEEN_FOR_MS };
}

/** @throws InvalidInputError  there is no such run */
export async function describeExecution({ arn, stateMachine }: Execution): Promise<DescribeExecutionOutput> {
  const command = new DescribeExecutionCommand({ executionArn: arn });
  return stateMachine.clients.stepFunctions.send(command).catch(explainAbsence);
}

/** @param cause  who stopped it; shown in the execution */
export async function stopExecution({ arn, stateMachine }: Execution, cause: string): Promise<void> {
  const command = new StopExecutionCommand({ executionArn: arn, error: 'InterruptedError', cause });
  await stateMachine.clients.stepFunctions.send(command).catch(explainAbsence);
}

/** The newest ones first. */
export async function listExecutions(
  { arn, clients }: StateMachine,
  query: Omit<ListExecutionsCommandInput, 'stateMachineArn'>,
): Promise<ExecutionListItem[]> {
  const command = new ListExecutionsCommand({ stateMachineArn: arn, ...query });
  const { executions = [] } = await clients.stepFunctions.send(command).catch(explainAbsence);
  return executions;
}

function explainAbsence(error: unknown): never {
  const absent = [ExecutionDoesNotExist, StateMachineDoesNotExist, InvalidArn].some((type) => error instanceof type);
  if (absent) throw new InvalidInputError((error as Error).message, { cause: error });
  throw error;
}
