import { InvalidInputError } from '../statemachine/errors';
import { type DeployedMirror, parseDeployedMirror } from '../statemachine/input/deployed-mirrors';
import type { OverridableField } from '../statemachine/input/narrowing';
import type { IsApart, SyncRequest } from '../statemachine/input/sync-input';
import { withoutTokens } from './unresolved-text';

/** Fields of the input and `mayOverride`, as `ValidateInput` reads them. */
export type MirrorSetting = SyncRequest & { readonly mayOverride?: readonly OverridableField[] };

/**
 * Checks the deployed part of a mirror. Tokens are replaced by texts.
 *
 * @throws InvalidInputError  every execution would be rejected
 */
export function checkSetting(setting: MirrorSetting, name: string, isApart?: IsApart): DeployedMirror {
  try {
    return parseDeployedMirror(withoutTokens(setting), isApart);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new InvalidInputError(`Mirror \`${name}\`: ${error.message}`, { cause: error });
  }
}
