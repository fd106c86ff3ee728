import { CONTRACT_VERSION } from '../../../statemachine/contract';
import { ContractVersionError } from '../../../statemachine/errors';

/**
 * Rejects a state of another contract version. An execution keeps the definition that it began with, but calls the functions
 * that are deployed now. After a deployment these may read the state in another way, so such a Task does nothing.
 *
 * @param version  of the definition, or of the Task that wrote the state; undefined: from before there were versions
 * @throws ContractVersionError
 */
export function requireContract(version: unknown): void {
  if (version === CONTRACT_VERSION) return;
  throw new ContractVersionError(
    `Expected a state of contract version ${CONTRACT_VERSION}, got ${describe(version)}: the stack was deployed while this ` +
      'run was at work, or its state machine and its functions are not of the same deployment. The run has written nothing ' +
      'since then, and what it did before stays done. Start it again once the deployment is complete',
  );
}

function describe(version: unknown): string {
  return version === undefined ? 'one without a version' : `version ${JSON.stringify(version)}`;
}
