const BYTE_ORDER_MARK = /^\ufeff/;

/**
 * Like `JSON.parse`, but a duplicate field is an error. Otherwise one of two limits would be silently ignored. Editors of Windows begin
 * files with a byte order mark.
 *
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text.replace(BYTE_ORDER_MARK, ''));
  const twice = findTwin(text);
  if (twice === undefined) return value;
  throw new SyntaxError(`the field ${twice} occurs twice in one object`);
}

/** Reads text of which nobody knows what it is. @returns undefined if it is no JSON */
export function parseIfJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A string, with the colon after it if it is the name of a field; or the beginning or end of an object or a list. */
const PIECE = /("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/g;

/** @param text  valid JSON */
function findTwin(text: string): string | undefined {
  const open: Set<unknown>[] = [];
  for (const [piece, string, colon] of text.matchAll(PIECE)) {
    if (piece === '{' || piece === '[') open.push(new Set());
    else if (piece === '}' || piece === ']') open.pop();
    if (string === undefined || colon === undefined) continue;
    const name: unknown = JSON.parse(string);
    const names = open.at(-1);
    if (names?.has(name)) return string;
    names?.add(name);
  }
  return undefined;
}
