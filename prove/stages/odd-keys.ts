/** Keys that something between a client and S3 may get wrong, by what is odd about them. */
const ODD_KEYS: Readonly<Record<string, string>> = {
  'a space': 'with space',
  'spaces around': ' a ',
  'a plus and a space': 'a+b c',
  'a percent sign': '100%',
  'an encoded slash': 'a%2Fb',
  'an encoded plus': 'a%2Bb',
  'a double encoding': 'a%252Fb',
  'two slashes': 'a//b',
  'a slash at the start': '/a',
  'a slash at the end': 'folder/',
  'a dot segment': 'a/./b',
  'a dot-dot segment': 'a/../b',
  'quotes and sub-delimiters': `!'()*~"`,
  'more delimiters': 'a,b;c=d:e@f$g&h',
  'a question mark and a hash': 'a?versionId=b#c',
  brackets: '[a]{b}|c^d`e\\f',
  'XML markup': '<a>&amp;</a>]]>',
  'a character reference': 'a&#13;b',
  'U+0001': 'a\u0001b',
  'U+001F': 'a\u001fb',
  'U+007F': 'a\u007fb',
  'U+0085': 'a\u0085b',
  'a tab': 'a\tb',
  'a line feed': 'a\nb',
  'a carriage return': 'a\rb',
  'a composed accent': 'caf\u00e9',
  'a decomposed accent': 'cafe\u0301',
  Chinese: '目录/文件.txt',
  Arabic: 'عالم',
  'an emoji': 'order \u{1f600}',
  'U+E000': 'order \ue000',
  'U+FFFD': 'order \ufffd',
  'U+FFFF': 'a\uffffb',
  'U+10FFFF': 'order \u{10ffff}',
  'a zero-width space': 'a\u200bb',
  'a line separator': 'a\u2028b',
  '1,024 bytes': 'é'.repeat(512),
};

export const ODD_NAMES = Object.keys(ODD_KEYS);

export function oddKey(name: string): string {
  return ODD_KEYS[name] ?? name;
}
