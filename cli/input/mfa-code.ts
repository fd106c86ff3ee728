import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { InvalidInputError } from '../../statemachine/errors';
import { printableLine } from '../../statemachine/printable';
import { printNote } from '../output/output';

/**
 * Asks for the code of a device for multi-factor authentication.
 *
 * @param serial  of the device: `mfa_serial` of a profile
 * @throws InvalidInputError  there is no terminal
 */
export async function askForMfaCode(serial: string): Promise<string> {
  const device = printableLine(serial);
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new InvalidInputError(
      `Expected a terminal to ask for the MFA code of ${device}, got none: use a profile without mfa_serial, or ` +
        'credentials of a session that you began with the code (aws sts get-session-token)',
    );
  // As with a password, the terminal does not show what is typed, from before the question is there.
  const terminal = createInterface({ input: process.stdin, output: nowhere(), terminal: true });
  printNote(`MFA code of ${device}: `);
  const stopped = new AbortController();
  terminal.on('SIGINT', () => stopped.abort());
  try {
    return (await terminal.question('', { signal: stopped.signal })).trim();
  } finally {
    terminal.close();
    printNote('\n');
  }
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
