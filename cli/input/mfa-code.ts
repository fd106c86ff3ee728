import { createInterface } from 'node:readline/promises';
import { InvalidInputError } from '../../statemachine/errors';
import { printableLine } from '../../statemachine/printable';

/**
 * Asks for the code that a device of multi-factor authentication shows.
 *
 * @param serial  of the device: `mfa_serial` of a profile
 * @throws InvalidInputError  there is nobody to ask
 */
export async function askForMfaCode(serial: string): Promise<string> {
  const device = printableLine(serial);
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new InvalidInputError(
      `Expected a terminal to ask for the MFA code of ${device}, got none: use a profile without mfa_serial, or ` +
        'credentials of a session that began with the code (aws sts get-session-token)',
    );
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const stopped = new AbortController();
  terminal.on('SIGINT', () => stopped.abort());
  try {
    return (await terminal.question(`MFA code of ${device}: `, { signal: stopped.signal })).trim();
  } finally {
    terminal.close();
  }
}
