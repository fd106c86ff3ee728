import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { printNote } from '../output/output';

/** Whether somebody can be asked: they see the question on stderr and answer on stdin. */
export function hasTerminal(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/**
 * Asks on the terminal. As with a password, it does not show what is typed, from before the question is there.
 *
 * @param signal  withdraws the question
 * @throws AbortError  Ctrl-C, Ctrl-D, or the question was withdrawn
 */
export async function ask(question: string, signal?: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: nowhere(), terminal: true });
  printNote(question);
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  let isInterrupted = false;
  const interrupt = () => {
    isInterrupted = true;
    stop();
  };
  terminal.on('SIGINT', interrupt).on('close', stop);
  try {
    const either = signal ? AbortSignal.any([stopped.signal, signal]) : stopped.signal;
    return (await terminal.question('', { signal: either })).trim();
  } finally {
    terminal.close();
    // the terminal does not turn Ctrl-C into a signal while it asks
    if (isInterrupted) process.emit('SIGINT', 'SIGINT');
  }
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
