import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import { CommanderError } from 'commander';
import { InvalidInputError } from '../statemachine/errors';
import { nextStep } from '../wording/next-steps';
import { whatToDo } from './output/failures';
import { printJson, printJsonLine, printNote } from './output/output';
import { wrap } from './output/wrap';
import { buildProgram } from './program';

const BAD_USAGE = 2;
/** By default Node.js waits 250 ms for each address of a host, which is too short for another continent. */
const ADDRESS_ATTEMPT_MS = 2_500;

/**
 * Runs the command line.
 *
 * @returns the exit code: 0 done, 1 the run failed, 2 bad input or usage, 3 different, 130 or 143 stopped by Ctrl-C or SIGTERM
 */
export async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  setDefaultAutoSelectFamilyAttemptTimeout(ADDRESS_ATTEMPT_MS);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  try {
    const program = buildProgram((code) => {
      exitCode = code;
    });
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    // commander has printed its own message, or the requested help
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      printError(argv, 'InvalidInputError', error.message.replace(/^error: /, ''));
      return BAD_USAGE;
    }
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    printNote(`${wrap(`error: ${describe(error)}`, process.stderr)}\n`);
    const advice = error instanceof InvalidInputError ? '' : nextStep(name, message);
    if (advice !== '') printNote(`${whatToDo(advice, process.stderr)}\n`);
    printError(argv, name, message);
    return error instanceof InvalidInputError ? BAD_USAGE : 1;
  }
}

/** With `--json` or `--json-lines`, the output always ends with a document: the part of a summary that is known. */
function printError(argv: readonly string[], name: string, message: string): void {
  const end = argv.indexOf('--');
  const options = end < 0 ? argv : argv.slice(0, end);
  const error = { name, message, keys: [] };
  if (options.includes('--json')) printJson({ status: 'failed', error });
  if (options.includes('--json-lines')) printJsonLine({ type: 'error', time: new Date().toISOString(), error });
}

function describe(error: unknown): string {
  if (error instanceof InvalidInputError) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** If the reader of the output, such as `head`, closes the pipe, the run must not end in the middle and keep its lock. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
