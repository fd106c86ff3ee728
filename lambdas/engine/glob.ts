/** The regular expression of a piece of a glob, and where in the glob it ends. */
type Piece = readonly [source: string, end: number];

/**
 * Compiles a glob to a regular expression for whole keys. Keys are opaque: `.`, `..`, `//`, brackets and line breaks are
 * characters like any other, and nothing is normalised.
 *
 * | glob | matches |
 * | --- | --- |
 * | `*` | any characters but `/`, or none |
 * | `**` | any characters, or none; between two slashes, or behind the last one, also without these slashes |
 * | `?` | one character but `/` |
 * | `[a-c]`, `[!a-c]` | one character of the set, or one that is not in it, but never `/` |
 * | `{a,b}` | either; braces without a comma are characters |
 * | `\x` | `x` itself |
 *
 * A glob without `/` describes the last part of a key at any depth, be it with slashes behind it.
 */
export function compileGlob(glob: string): RegExp {
  const source = new GlobCompiler(Array.from(glob)).compile(0, false)[0];
  if (!glob.includes('/')) return new RegExp(`^(?:.*/)?(?:${source})/*$`, 'su');
  // `a/*` is for the folders in `a` too, which are objects whose keys end in a slash
  return new RegExp(`^(?:${source})${/[*\]]$/.test(glob) ? '/?' : ''}$`, 'su');
}

class GlobCompiler {
  /** By where they begin: braces in braces would be read again and again. */
  readonly #alternatives = new Map<number, Piece | undefined>();

  constructor(private readonly glob: readonly string[]) {}

  /** @param inBraces  stop before the `,` or `}` that ends an alternative */
  compile(start: number, inBraces: boolean): Piece {
    let source = '';
    let at = start;
    while (at < this.glob.length && !(inBraces && this.#endsAlternative(at))) {
      const [piece, end] = this.#next(at, start);
      source += piece;
      at = end;
    }
    return [source, at];
  }

  #next(at: number, start: number): Piece {
    const point = this.glob[at];
    if (point === '*') return this.#stars(at, start);
    if (point === '?') return ['[^/]', at + 1];
    if (point === '[') return this.#set(at) ?? this.#literal(at);
    if (point === '{') return this.#choice(at) ?? this.#literal(at);
    if (point === '/') return this.#slash(at);
    return this.#literal(point === '\\' && at + 1 < this.glob.length ? at + 1 : at);
  }

  #literal(at: number): Piece {
    return [quote(this.glob[at]), at + 1];
  }

  #stars(at: number, start: number): Piece {
    const end = this.#endOfStars(at);
    if (end - at === 1) return ['[^/]*', end];
    const beginsPart = at === start || this.glob[at - 1] === '/';
    return beginsPart && this.glob[end] === '/' ? ['(?:.*/)?', end + 1] : ['.*', end];
  }

  #slash(at: number): Piece {
    const end = this.#endOfStars(at + 1);
    const isLast = end === this.glob.length || this.#endsAlternative(end);
    return end - at > 2 && isLast ? ['(?:/.*)?', end] : this.#literal(at);
  }

  #endOfStars(at: number): number {
    return this.glob[at] === '*' ? this.#endOfStars(at + 1) : at;
  }

  #endsAlternative(at: number): boolean {
    return this.glob[at] === ',' || this.glob[at] === '}';
  }

  /** undefined where it has no end */
  #set(at: number): Piece | undefined {
    const isNegated = this.glob[at + 1] === '!' || this.glob[at + 1] === '^';
    const first = isNegated ? at + 2 : at + 1;
    let members = '';
    for (let index = first; index < this.glob.length; index++) {
      if (this.glob[index] === ']' && index > first) return [`(?!/)[${isNegated ? '^' : ''}${members}]`, index + 1];
      if (this.glob[index] === '\\') index += 1;
      const [low, dash, high] = this.glob.slice(index, index + 3);
      const isSpan = dash === '-' && high !== undefined && high !== ']' && codePoint(low) <= codePoint(high);
      members += isSpan ? `${quote(low)}-${quote(high)}` : quote(low);
      if (isSpan) index += 2;
    }
    return undefined;
  }

  #choice(at: number): Piece | undefined {
    if (!this.#alternatives.has(at)) this.#alternatives.set(at, this.#readChoice(at));
    return this.#alternatives.get(at);
  }

  /** undefined where there is no choice: no comma, or no end */
  #readChoice(at: number): Piece | undefined {
    const choices: string[] = [];
    let end = at;
    do {
      const [choice, next] = this.compile(end + 1, true);
      choices.push(choice);
      end = next;
    } while (this.glob[end] === ',');
    return this.glob[end] === '}' && choices.length > 1 ? [`(?:${choices.join('|')})`, end + 1] : undefined;
  }
}

function quote(point: string | undefined): string {
  return `\\u{${codePoint(point).toString(16)}}`;
}

function codePoint(point = ''): number {
  return point.codePointAt(0) ?? 0;
}
