import { atLength } from '../support/length';
import { runCli as runCliProcess } from './command-line';
import { runCliHere } from './in-process';

/** Runs the command line in this process, and at full length as a process of its own. */
export const runCli = atLength({ quick: runCliHere, full: runCliProcess });
