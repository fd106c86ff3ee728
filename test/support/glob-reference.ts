/** What a glob means, by the docs and without the engine's code: braces are written out, and every way to match is tried. */
export function matchesByReference(glob: string, key: string): boolean {
  return writeOutBraces(split(glob)).some((pieces) => matchesOne(pieces, key));
}

/** A piece is one character that stands for itself, with `\` before it, or one that has a meaning, or a set. */
function split(glob: string): string[] {
  return glob.match(/\\.|\[[!^]?(?:\\.|.)(?:\\.|[^\]\\])*\]|./gsu) ?? [];
}

/** Of braces that hold a comma, from the innermost ones on. */
function writeOutBraces(pieces: readonly string[]): string[][] {
  const hidden = [...pieces];
  for (let close = hidden.indexOf('}'); close >= 0; close = hidden.indexOf('}', close + 1)) {
    const open = hidden.lastIndexOf('{', close);
    if (open < 0) continue;
    const inside = hidden.slice(open + 1, close);
    if (inside.includes(',')) {
      return divide(inside).flatMap((choice) =>
        writeOutBraces([...hidden.slice(0, open), ...choice, ...hidden.slice(close + 1)]),
      );
    }
    hidden[open] = '\\{';
    hidden[close] = '\\}';
  }
  return [hidden];
}

function divide(pieces: readonly string[]): string[][] {
  const comma = pieces.indexOf(',');
  return comma < 0 ? [[...pieces]] : [pieces.slice(0, comma), ...divide(pieces.slice(comma + 1))];
}

function matchesOne(pieces: readonly string[], key: string): boolean {
  if (pieces.length === 0) return false;
  const bare = key.replace(/\/+$/, '');
  const ends = Array.from({ length: key.length - bare.length + 1 }, (_, slashes) =>
    key.slice(0, bare.length + slashes),
  );
  if (!pieces.some((piece) => piece.endsWith('/'))) {
    return ends.some((name) => lastPartsOf(name).some((part) => fits(pieces, part)));
  }
  const hasWildcard = pieces.some((piece) => ['*', '?'].includes(piece) || (piece.length > 1 && piece.startsWith('[')));
  return (hasWildcard ? ends : [key]).some((name) => fits(pieces, name));
}

function lastPartsOf(name: string): string[] {
  return [name, ...[...name.matchAll(/\//g)].map(({ index }) => name.slice(index + 1))];
}

function fits(pieces: readonly string[], text: string): boolean {
  const memory = new Map<string, boolean>();
  const points = Array.from(text);
  const match = (at: number, from: number): boolean => {
    const id = `${at},${from}`;
    const known = memory.get(id);
    if (known !== undefined) return known;
    const result = tryPiece(at, from);
    memory.set(id, result);
    return result;
  };
  const tryPiece = (at: number, from: number): boolean => {
    if (at === pieces.length) return from === points.length;
    const stars = starsAt(pieces, at);
    if (stars > 1) {
      const beginsPart = at === 0 || (pieces[at - 1] ?? '').endsWith('/');
      if (beginsPart && pieces[at + stars] === '/' && match(at + stars + 1, from)) return true;
      return points.slice(from).some((_, used) => match(at + stars, from + used)) || match(at + stars, points.length);
    }
    if (stars === 1) return match(at + 1, from) || (isPlain(points[from]) && match(at, from + 1));
    if (from === points.length && isFoldersAlone(pieces, at)) return true;
    return fitsOne(pieces[at] ?? '', points[from]) && match(at + 1, from + 1);
  };
  return match(0, 0);
}

function starsAt(pieces: readonly string[], at: number): number {
  return pieces[at] === '*' ? 1 + starsAt(pieces, at + 1) : 0;
}

/** Whether only `/**` follow. */
function isFoldersAlone(pieces: readonly string[], at: number): boolean {
  return /^(?:\/\*{2,})+$/.test(pieces.slice(at).join(''));
}

function isPlain(point: string | undefined): boolean {
  return point !== undefined && point !== '/';
}

function fitsOne(piece: string, point: string | undefined): boolean {
  if (point === undefined) return false;
  if (piece === '?') return point !== '/';
  if (piece.length > 1 && piece.startsWith('[')) return point !== '/' && fitsSet(piece, point);
  return point === (piece.length > 1 ? piece.replace(/^\\/, '') : piece);
}

/** Of single characters and of ranges whose first character is not behind the last one. */
function fitsSet(piece: string, point: string): boolean {
  const [, negation, text = ''] = /^\[([!^]?)(.*)\]$/su.exec(piece) ?? [];
  return isMember(text.match(/\\.|./gsu) ?? [], point) !== (negation !== '');
}

function isMember([first, dash, last, ...more]: readonly string[], point: string): boolean {
  if (first === undefined) return false;
  if (dash === '-' && last !== undefined && codeOf(first) <= codeOf(last)) {
    return (codeOf(first) <= codeOf(point) && codeOf(point) <= codeOf(last)) || isMember(more, point);
  }
  const rest = [dash, last, ...more].filter((member) => member !== undefined);
  return codeOf(first) === codeOf(point) || isMember(rest, point);
}

/** Of a character that may have `\\` before it. */
function codeOf(member: string): number {
  return member.replace(/^\\(?=.)/su, '').codePointAt(0) ?? 0;
}
