/** A key that something between a client and a bucket is known to get wrong, or may. */
export interface AwkwardKey {
  readonly name: string;
  readonly key: string;
}

const utf8Limit = 1024;

/** S3 keeps keys as opaque bytes: each of these must come through every operation as it is. */
export const awkwardKeys: readonly AwkwardKey[] = [
  { name: 'a plain key', key: 'plain/key.txt' },
  { name: 'a space', key: 'with space' },
  { name: 'a space at the start', key: ' leading space' },
  { name: 'a space at the end', key: 'trailing space ' },
  { name: 'nothing but a space', key: ' ' },
  { name: 'several spaces', key: 'a   b' },
  { name: 'a plus', key: 'a+b' },
  { name: 'a plus and a space', key: 'a+b c' },
  { name: 'a percent sign', key: '100%' },
  { name: 'what looks like an encoded plus', key: 'a%2Bb' },
  { name: 'what looks like an encoded slash', key: 'a%2Fb' },
  { name: 'what looks like an encoded space', key: 'a%20b' },
  { name: 'what looks doubly encoded', key: 'a%252Fb' },
  { name: 'an incomplete percent-encoding', key: 'a%2' },
  { name: 'two slashes', key: 'a//b' },
  { name: 'a slash at the start', key: '/a' },
  { name: 'two slashes at the start', key: '//a' },
  { name: 'a slash at the end', key: 'folder/' },
  { name: 'two slashes at the end', key: 'folder//' },
  { name: 'nothing but a slash', key: '/' },
  { name: 'a dot segment', key: 'a/./b' },
  { name: 'a dot-dot segment', key: 'a/../b' },
  { name: 'a dot-dot segment at the start', key: '../a' },
  { name: 'a dot-dot segment at the end', key: 'a/..' },
  { name: 'nothing but a dot', key: '.' },
  { name: 'a start of heading (U+0001)', key: 'a\u0001b' },
  { name: 'a unit separator (U+001F)', key: 'a\u001fb' },
  { name: 'a delete character (U+007F)', key: 'a\u007fb' },
  { name: 'a next line (U+0085)', key: 'a\u0085b' },
  { name: 'a carriage return', key: 'a\rb' },
  { name: 'a line feed', key: 'a\nb' },
  { name: 'a line feed at the end', key: 'a\n' },
  { name: 'carriage return and line feed', key: 'a\r\nb' },
  { name: 'a tab', key: 'a\tb' },
  { name: 'a double quote', key: 'a"b' },
  { name: 'a single quote', key: "a'b" },
  { name: 'XML markup', key: '<a>&amp;</a>' },
  { name: 'an ampersand', key: 'a&b=c' },
  { name: 'a character reference', key: 'a&#13;b' },
  { name: 'the end of a CDATA section', key: 'a]]>b' },
  { name: 'a hash', key: 'a#b' },
  { name: 'a question mark', key: 'a?b' },
  { name: 'what looks like a version id', key: 'a?versionId=b' },
  { name: 'a semicolon', key: 'a;b' },
  { name: 'an equals sign', key: 'a=b' },
  { name: 'a colon and an at sign', key: 'a:b@c' },
  { name: 'a comma and a dollar sign', key: 'a,b$c' },
  { name: 'a tilde', key: '~a' },
  { name: 'an asterisk, brackets and an exclamation mark', key: '!a*(b)[c]{d}' },
  { name: 'a backslash', key: 'a\\b' },
  { name: 'a pipe, a caret and a backtick', key: 'a|b^c`d' },
  { name: 'a name of a JavaScript property', key: '__proto__' },
  { name: 'an emoji beyond U+FFFF', key: 'emoji \u{1f600}' },
  { name: 'an emoji joined from several', key: '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}' },
  { name: 'a private use character (U+E000)', key: 'order \ue000' },
  { name: 'a replacement character (U+FFFD)', key: 'order \ufffd' },
  { name: 'a character beyond U+FFFF, which UTF-16 puts first', key: 'order \u{1f600}' },
  { name: 'the last character (U+10FFFF)', key: 'order \u{10ffff}' },
  { name: 'a noncharacter (U+FFFF)', key: 'a\uffffb' },
  { name: 'Chinese', key: '目录/文件.txt' },
  { name: 'Korean', key: '한글/x.txt' },
  { name: 'an accent, composed', key: 'caf\u00e9' },
  { name: 'the same accent, decomposed', key: 'cafe\u0301' },
  { name: 'right to left', key: 'שלום/عالم' },
  { name: 'a byte order mark', key: '\ufeffa' },
  { name: 'a zero-width space', key: 'a\u200bb' },
  { name: 'a line separator (U+2028)', key: 'a\u2028b' },
  { name: '1,024 bytes of one', key: 'k'.repeat(utf8Limit) },
  { name: '1,024 bytes of two each', key: 'é'.repeat(utf8Limit / 2) },
  { name: '1,024 bytes of four each', key: '\u{1f600}'.repeat(utf8Limit / 4) },
];

/** Whether XML 1.0 can carry the key at all, even as a character reference. */
export function isXmlLegal(key: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 does not allow these
  return !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(key);
}

/** The order S3 lists in: UTF-8 bytes. */
export function inListOrder(keys: readonly string[]): string[] {
  return [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
