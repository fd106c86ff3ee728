import { LATEST } from '../../local/find-run';
import { InvalidInputError } from '../../statemachine/errors';
import type { ConnectionOptions } from './clients';
import { describeExecution, type Execution, findExecution } from './executions';
import { findStateMachine } from './state-machine';

/** Where a run may be that is not on this machine. */
export interface ElsewhereOptions extends ConnectionOptions {
  readonly stack?: string;
  readonly stateMachine?: string;
}

/** Few, because there may be no deployed stack at all. */
const FEW_ATTEMPTS = 2;

/** There is no region or no such stack, or no credentials that may look. */
const NOT_THERE = ['InvalidInputError', 'CredentialsProviderError', 'AccessDenied', 'AccessDeniedException'];

export function isNamed({ stack, stateMachine }: ElsewhereOptions): boolean {
  return stack !== undefined || stateMachine !== undefined;
}

/** Whether anything may be deployed within reach. The credentials of another server than AWS are none of AWS. */
export function mayBeDeployed(options: ElsewhereOptions): boolean {
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL_SFN } = process.env;
  return isNamed(options) || Boolean(AWS_ENDPOINT_URL || AWS_ENDPOINT_URL_SFN || !AWS_ENDPOINT_URL_S3);
}

/** The options with which a state machine is looked for, and whether an error only says that there is none. */
export function elsewhere(options: ElsewhereOptions) {
  return { ...options, ...(!isNamed(options) && { attempts: FEW_ATTEMPTS }) };
}

export function isNotThere(error: unknown, options: ElsewhereOptions): boolean {
  return !isNamed(options) && NOT_THERE.includes((error as Error).name);
}

/**
 * The run in AWS with an id, or whose id begins so, or the newest one for `latest`.
 *
 * @returns undefined if there is no such run, or nothing is deployed within reach
 * @throws InvalidInputError  several runs begin so
 */
export async function findNamedRun(run: string, options: ElsewhereOptions): Promise<Execution | undefined> {
  // the newest run is one of this machine, unless a stack is named
  if (!mayBeDeployed(options) || (run === LATEST && !isNamed(options))) return undefined;
  const stateMachine = await findStateMachine(elsewhere(options)).catch((error: unknown) => {
    if (isNotThere(error, options)) return undefined;
    throw error;
  });
  if (!stateMachine) return undefined;
  const { unseenUntil: _, ...execution } = await findExecution(run, {
    ...elsewhere(options),
    stateMachine: stateMachine.arn,
  });
  if (run === LATEST) return execution;
  return describeExecution(execution).then(
    () => execution,
    (error: unknown) => {
      if (error instanceof InvalidInputError) return undefined;
      throw error;
    },
  );
}
