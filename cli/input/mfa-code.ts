import { InvalidInputError } from '../../statemachine/errors';
import { printableLine } from '../../statemachine/printable';
import { printNote } from '../output/output';
import { ask, hasTerminal } from './ask';

/**
 * Asks for the code of a device for multi-factor authentication.
 *
 * @param serial  of the device: `mfa_serial` of a profile
 * @throws InvalidInputError  there is no terminal
 */
export async function askForMfaCode(serial: string): Promise<string> {
  const device = printableLine(serial);
  if (!hasTerminal())
    throw new InvalidInputError(
      `Expected a terminal to ask for the MFA code of ${device}, got none: use a profile without mfa_serial, or ` +
        'credentials of a session that you began with the code (aws sts get-session-token)',
    );
  try {
    return await ask(`MFA code of ${device}: `);
  } finally {
    printNote('\n');
  }
}
