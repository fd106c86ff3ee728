/**
 * The tokens of a glob. Each path through the tokens, from the first one to `end`, is one of the globs in its braces. At a
 * `fork` the path continues at any place in `to`, elsewhere at the next token.
 */
export type GlobToken =
  | { readonly kind: 'character'; readonly code: number }
  /** `?` is the set that includes every character. */
  | { readonly kind: 'set'; readonly ranges: readonly CodeRange[]; readonly isNegated: boolean }
  | { readonly kind: 'star' | 'slash' | 'end' }
  | { readonly kind: 'fork'; readonly to: readonly number[] };

/** Code points, both inclusive. */
export type CodeRange = readonly [low: number, high: number];

type Brace = { readonly kind: 'brace'; readonly code: number };

export const SLASH = 0x2f;
const [OPEN, COMMA, CLOSE] = ['{', ',', '}'].map(codePoint) as [number, number, number];

/** Reads a glob in time linear in its length. Every text is a glob: an unclosed bracket is an ordinary character. */
export function readGlob(glob: string): GlobToken[] {
  const symbols = readSymbols(Array.from(glob));
  const forks = findForks(symbols);
  const tokens = symbols.map((symbol, at): GlobToken => {
    if (symbol.kind !== 'brace') return symbol;
    const to = forks.get(at);
    return to === undefined ? { kind: 'character', code: symbol.code } : { kind: 'fork', to };
  });
  return [...tokens, { kind: 'end' }];
}

function readSymbols(points: readonly string[]): (GlobToken | Brace)[] {
  const symbols: (GlobToken | Brace)[] = [];
  // if this set has no end, no later set has one
  let mayBeSet = true;
  for (let at = 0; at < points.length; ) {
    const set = points[at] === '[' && mayBeSet ? readSet(points, at) : undefined;
    if (points[at] === '[' && set === undefined) mayBeSet = false;
    const [symbol, end] = set ?? readSymbol(points, at);
    symbols.push(symbol);
    at = end;
  }
  return symbols;
}

function readSymbol(points: readonly string[], at: number): [symbol: GlobToken | Brace, end: number] {
  const code = codePoint(points[at]);
  const [point, next] = [points[at], points[at + 1]];
  if (point === '\\' && next !== undefined) return [{ kind: 'character', code: codePoint(next) }, at + 2];
  if (point === '*') return [{ kind: 'star' }, at + 1];
  if (point === '?') return [{ kind: 'set', ranges: [], isNegated: true }, at + 1];
  if (point === '/') return [{ kind: 'slash' }, at + 1];
  if (point === '{' || point === ',' || point === '}') return [{ kind: 'brace', code }, at + 1];
  return [{ kind: 'character', code }, at + 1];
}

/** undefined if it has no end */
function readSet(points: readonly string[], at: number): [set: GlobToken, end: number] | undefined {
  const isNegated = points[at + 1] === '!' || points[at + 1] === '^';
  const first = isNegated ? at + 2 : at + 1;
  const ranges: CodeRange[] = [];
  for (let index = first; index < points.length; ) {
    if (points[index] === ']' && index > first) return [{ kind: 'set', ranges, isNegated }, index + 1];
    const [low, afterLow] = readMember(points, index);
    const [high, afterHigh] = readMember(points, afterLow + 1);
    const isRange = points[afterLow] === '-' && points[afterLow + 1] !== ']' && low <= high;
    ranges.push(isRange ? [low, high] : [low, low]);
    index = isRange ? afterHigh : afterLow;
  }
  return undefined;
}

function readMember(points: readonly string[], at: number): [code: number, end: number] {
  const isEscaped = points[at] === '\\' && at + 1 < points.length;
  return isEscaped ? [codePoint(points[at + 1]), at + 2] : [codePoint(points[at]), at + 1];
}

/** Where paths continue from the braces and commas of each choice. Braces without a comma or without a partner are no choice. */
function findForks(symbols: readonly (GlobToken | Brace)[]): ReadonlyMap<number, readonly number[]> {
  const forks = new Map<number, readonly number[]>();
  const open: number[][] = [];
  symbols.forEach((symbol, at) => {
    if (symbol.kind !== 'brace') return;
    if (symbol.code === OPEN) open.push([at]);
    if (symbol.code === COMMA) open.at(-1)?.push(at);
    if (symbol.code !== CLOSE) return;
    const [start, ...commas] = open.pop() ?? [];
    if (start === undefined || commas.length === 0) return;
    forks.set(
      start,
      [start, ...commas].map((before) => before + 1),
    );
    for (const end of [...commas, at]) forks.set(end, [at + 1]);
  });
  return forks;
}

function codePoint(point = ''): number {
  return point.codePointAt(0) ?? 0;
}
