import { pipeline } from 'node:stream/promises';
import { styleText } from 'node:util';
import { printable, printableJson } from '../../statemachine/printable';
import { withOwnName } from './own-name';

/** The codes that `styleText` puts around a text. */
const COLOUR = new RegExp(`(${String.fromCharCode(0x1b)}\\[\\d{1,2}m)`);

/** Prints text on stdout. All output for people goes through this file, so that it is escaped. */
export function print(text: string): void {
  process.stdout.write(shown(text, process.stdout));
}

/** Prints texts as fast as somebody reads them. The rest is dropped if the reader, such as `head`, closes the pipe. */
export async function printAll(texts: AsyncIterable<string>): Promise<void> {
  const { stdout } = process;
  async function* escaped() {
    for await (const text of texts) yield shown(text, stdout);
  }
  if (!stdout.writable) return;
  await pipeline(escaped(), stdout, { end: false }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** Prints text of our own for another program, as it is: a script for a shell, a page for `man`. */
export function printAsItIs(text: string): void {
  process.stdout.write(text);
}

/** The one document that `--json` prints. */
export function printJson(document: object): void {
  process.stdout.write(`${printableJson(document, 2)}\n`);
}

/** One of several documents, on a line of its own. */
export function printJsonLine(document: object, stream: NodeJS.WriteStream = process.stdout): void {
  stream.write(`${printableJson(document)}\n`);
}

/** Prints text that is not the result, on stderr. */
export function printNote(text: string): void {
  process.stderr.write(shown(text, process.stderr));
}

const LINE_ABOVE_REMOVED = '\u001b[1A\u001b[2K';

/** Removes lines from a terminal, the lowest first. */
export function removeLinesAbove(count: number): void {
  process.stderr.write(LINE_ABOVE_REMOVED.repeat(Math.max(0, count)));
}

/** Text that is safe for the stream: with our own colours if it supports them, and no other control codes. Commands in it are as this user types them. */
export function shown(text: string, stream: NodeJS.WriteStream): string {
  const takesColours = styleText('red', '.', { stream }) !== '.';
  const pieces = text.split(COLOUR).map((piece) => withOwnName(piece));
  return pieces.map((piece, index) => (takesColours && index % 2 === 1 ? piece : printable(piece))).join('');
}
