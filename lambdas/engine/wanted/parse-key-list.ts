import { isUtf8 } from 'node:buffer';
import { InvalidInputError } from '../../../statemachine/errors';
import { printable } from '../../../statemachine/printable';
import { compareKeys } from '../keys/compare-keys';
import { type Bytes, linesOf } from './lines-of';

/** ValidateInput holds all keys in its memory, and so may a range Task. */
export const MOST_KEYS = 1_000_000;
const MOST_KEY_BYTES = 100 * 1024 ** 2;

/** S3's limit. */
const LONGEST_KEY_BYTES = 1024;
const SHOWN_CHARACTERS = 100;
const BYTE_ORDER_MARK = '\ufeff';

/**
 * Reads a list of keys, which may be compressed by gzip. Lines end in LF or CRLF, and empty lines count for nothing.
 *
 * | the list's name                   | a line is                                                                             |
 * | --------------------------------- | ------------------------------------------------------------------------------------- |
 * | ends in `.txt` or `.txt.gz`       | a key as it is                                                                        |
 * | any other                         | `{"key": "a/b"}`, whose other members are ignored, or a JSON string: `"a/b"`          |
 *
 * @returns the keys in order, each once
 * @throws InvalidInputError  names the line, what it got and what it wants; or the list has no keys, or too many
 */
export async function parseKeyList(bytes: Bytes, place: string): Promise<string[]> {
  const keys = new KeyCollector(place);
  const readLine = /\.txt(\.gz)?$/.test(place) ? (line: string) => line : parseLine;
  let number = 0;
  for await (const line of linesOf(bytes, place)) {
    number += 1;
    if (!isUtf8(line)) throw badLine(place, number, 'text in UTF-8', line.toString('latin1'));
    const text = withoutMark(line.toString('utf8'), number);
    if (text === '') continue;
    const key = readLine(text);
    const wanted = refusal(key);
    if (wanted !== undefined) throw badLine(place, number, wanted, text);
    keys.add(key as string);
  }
  return keys.inOrder();
}

class KeyCollector {
  readonly #keys: string[] = [];
  #bytes = 0;
  #isSorted = true;

  constructor(private readonly place: string) {}

  add(key: string): void {
    const last = this.#keys.at(-1);
    if (key === last) return;
    this.#isSorted &&= last === undefined || compareKeys(last, key) < 0;
    this.#keys.push(key);
    this.#bytes += Buffer.byteLength(key);
    if (this.#keys.length <= MOST_KEYS && this.#bytes <= MOST_KEY_BYTES) return;
    throw new InvalidInputError(
      `Expected \`keys\` to name a list of at most ${MOST_KEYS} keys that have ${MOST_KEY_BYTES / 1024 ** 2} MiB together, ` +
        `got more in ${this.place}. Divide it into several lists, or run without \`keys\`, perhaps with \`include\``,
      { field: 'keys' },
    );
  }

  inOrder(): string[] {
    if (this.#keys.length === 0) {
      throw new InvalidInputError(`Expected \`keys\` to name a list of keys, got no key in ${this.place}`, {
        field: 'keys',
      });
    }
    if (this.#isSorted) return this.#keys;
    return this.#keys.sort(compareKeys).filter((key, index, all) => key !== all[index - 1]);
  }
}

/** @returns undefined if the line is something else */
function parseLine(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as { key?: unknown }).key : value;
  } catch {
    return undefined;
  }
}

/** @returns what the line should be, if it is not */
function refusal(key: unknown): string | undefined {
  if (typeof key !== 'string') return '{"key": "..."} or a JSON string (a list of plain keys must be named .txt)';
  if (!key.isWellFormed()) return 'a key without lone surrogates';
  return Buffer.byteLength(key) > LONGEST_KEY_BYTES
    ? `a key of at most ${LONGEST_KEY_BYTES} bytes of UTF-8`
    : undefined;
}

function badLine(place: string, number: number, wanted: string, got: string): InvalidInputError {
  const shown = got.length > SHOWN_CHARACTERS ? `${got.slice(0, SHOWN_CHARACTERS)}…` : got;
  return new InvalidInputError(
    `Expected line ${number} of ${place}, which \`keys\` names, to be ${wanted}, got ${printable(shown)}`,
    { field: 'keys' },
  );
}

function withoutMark(text: string, number: number): string {
  return number === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}
