import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { drawTerminal } from '../../scripts/terminal-picture';

const texts = (svg: string) => new XMLParser({ ignoreAttributes: false, trimValues: false }).parse(svg).svg.g.text;

describe('the picture of a terminal', () => {
  it('shows each piece at its column, in its colour', () => {
    const svg = drawTerminal('a  \u001b[32m✔\u001b[39m \u001b[1m done\u001b[22m', 'title');

    expect(XMLValidator.validate(svg)).toBe(true);
    expect(texts(svg)).toMatchObject([
      { '#text': 'a', '@_x': '20' },
      { '#text': '✔', '@_x': String(20 + 3 * 8), '@_fill': '#56d364' },
      { '#text': 'done', '@_x': String(20 + 6 * 8), '@_font-weight': 'bold' },
    ]);
  });

  it('continues in the next line after the last column', () => {
    const [first, second] = texts(drawTerminal('abcdef', 'title', 4));

    expect([first['#text'], second['#text']]).toEqual(['abcd', 'ef']);
    expect(Number(second['@_y'])).toBeGreaterThan(Number(first['@_y']));
  });

  it('escapes characters that mean something in XML', () => {
    expect(drawTerminal('a <b> & "c"', 'title')).toContain('a &lt;b&gt; &amp; &quot;c&quot;');
  });

  it('rejects a style that it cannot draw', () => {
    expect(() => drawTerminal('\u001b[7mreversed\u001b[27m', 'title')).toThrow('the escape code 7');
  });
});
