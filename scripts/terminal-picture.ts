const CHARACTER_WIDTH = 8;
const LINE_HEIGHT = 19;
const PADDING = 20;
const TITLE_BAR = 36;
const FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
/** Of a dark terminal with a border, which stands out on a light page and on a dark one. */
const BACKGROUND = '#161b22';
const BORDER = '#3d444d';
const FOREGROUND = '#e6edf3';
const COLOURS: Readonly<Record<string, string>> = { 31: '#ff7b72', 32: '#56d364', 33: '#e3b341', 36: '#79c0ff' };
const DIMMED = '#8b949e';

interface Style {
  readonly colour?: string;
  readonly bold?: boolean;
  readonly dim?: boolean;
}

/** An SVG of what a terminal shows: text with the escape sequences of bold, dim and four colours. */
export function drawTerminal(text: string, title: string, columns = 100): string {
  const lines = text.split('\n').flatMap((line) => wrap(readSegments(line), columns));
  const width = columns * CHARACTER_WIDTH + 2 * PADDING;
  const height = TITLE_BAR + lines.length * LINE_HEIGHT + PADDING;
  const dots = ['#ff5f57', '#febc2e', '#28c840'].map(
    (fill, index) => `<circle cx="${PADDING + index * 20}" cy="18" r="6" fill="${fill}"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(title)}">`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10" fill="${BACKGROUND}" stroke="${BORDER}"/>`,
    ...dots,
    `<g font-family="${FONT}" font-size="13" fill="${FOREGROUND}">`,
    ...lines.flatMap((segments, index) => drawLine(segments, TITLE_BAR + (index + 1) * LINE_HEIGHT - 5)),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** Each piece at its own column, so that the columns hold with any font. */
function drawLine(segments: readonly Segment[], y: number): string[] {
  let column = 0;
  return segments.flatMap(({ text, style }) => {
    const shown = text.trim();
    const x = PADDING + (column + text.indexOf(shown)) * CHARACTER_WIDTH;
    column += text.length;
    if (shown === '') return [];
    const fill = style.dim ? DIMMED : style.colour;
    const attributes = `${fill ? ` fill="${fill}"` : ''}${style.bold ? ' font-weight="bold"' : ''}`;
    const length = ` textLength="${shown.length * CHARACTER_WIDTH}" lengthAdjust="spacingAndGlyphs"`;
    return [`<text x="${x}" y="${y}"${length}${attributes}>${escapeXml(shown)}</text>`];
  });
}

interface Segment {
  readonly text: string;
  readonly style: Style;
}

function readSegments(line: string): Segment[] {
  let style: Style = {};
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is how an escape sequence begins
  return line.split(/(\u001b\[\d+m)/).flatMap((part) => {
    const code = part.startsWith('\u001b[') ? part.slice(2, -1) : undefined;
    if (code === undefined) return part === '' ? [] : splitAtGaps(part, style);
    style = nextStyle(style, code);
    return [];
  });
}

/** Words that are two blanks apart are cells of a table, and each begins at its column. */
function splitAtGaps(text: string, style: Style): Segment[] {
  return text.split(/( {2,})/).flatMap((part) => (part === '' ? [] : [{ text: part, style }]));
}

function nextStyle(style: Style, code: string): Style {
  if (code === '0') return {};
  if (code === '1') return { ...style, bold: true };
  if (code === '2') return { ...style, dim: true };
  if (code === '22') return { ...style, bold: false, dim: false };
  if (code === '39') return { ...style, colour: undefined };
  const colour = COLOURS[code];
  if (colour === undefined) throw new Error(`Expected a known style, got the escape code ${code}`);
  return { ...style, colour };
}

/** As a terminal does: what is too long goes on in the next line. */
function wrap(segments: readonly Segment[], columns: number): Segment[][] {
  const lines: Segment[][] = [[]];
  let room = columns;
  for (const { text, style } of segments) {
    let rest = text;
    while (rest.length > room) {
      lines.at(-1)?.push({ text: rest.slice(0, room), style });
      rest = rest.slice(room);
      lines.push([]);
      room = columns;
    }
    lines.at(-1)?.push({ text: rest, style });
    room -= rest.length;
  }
  return lines;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
