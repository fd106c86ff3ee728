import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { malformedXml } from './errors';

/**
 * S3's answers are written by hand: a page of 1,000 keys takes a third of the time that XMLBuilder needs, and S3 has
 * escapes of its own.
 */
export function xmlDocument(root: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}`;
}

/** Document whose root carries S3's namespace. */
export function s3Document(name: string, content: string): string {
  return xmlDocument(`<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</${name}>`);
}

export function element(name: string, value: string | number | boolean | undefined): string {
  if (value === undefined) return '';
  return `<${name}>${typeof value === 'string' ? escapeXml(value) : value}</${name}>`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to escape
const ESCAPED = /[&<>"\u0000-\u001f\u0085\u2028\ufffe\uffff]/g;
const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Escapes text as S3 does: a character that XML 1.0 does not allow becomes a character reference, which strict parsers
 * reject.
 */
export function escapeXml(text: string): string {
  ESCAPED.lastIndex = 0;
  return ESCAPED.test(text)
    ? text.replace(ESCAPED, (char) => ENTITIES[char] ?? `&#x${char.charCodeAt(0).toString(16)};`)
    : text;
}

const PARSER = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  isArray: (name) => ARRAYS.has(name),
});
const ARRAYS = new Set(['Object', 'Tag', 'Part', 'Rule']);

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 does not allow these
const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** An element of a request body: its text, or its children by name. */
export type XmlNode = string | { [name: string]: XmlNode | XmlNode[] };

/**
 * Reads a request body whose root must be `root`; whitespace in values is kept and numbers stay text.
 *
 * @throws S3Error MalformedXML
 */
export function parseXml(body: Buffer, root: string): { [name: string]: XmlNode | XmlNode[] } {
  const text = body.toString('utf8').replace(/\r\n?/g, '\n'); // as every XML parser must
  if (ILLEGAL.test(text) || XMLValidator.validate(text) !== true) throw malformedXml();
  const node: XmlNode = PARSER.parse(text)[root];
  if (node === undefined || Array.isArray(node)) throw malformedXml();
  return typeof node === 'string' ? {} : node;
}

/** The children of `node` called `name`; text between them is ignored. */
export function children(node: XmlNode | undefined, name: string): XmlNode[] {
  const found = typeof node === 'object' ? node[name] : undefined;
  if (found === undefined) return [];
  return Array.isArray(found) ? found : [found];
}

/** The text of the child called `name`, with entities decoded; undefined if there is no such child. */
export function childText(node: XmlNode | undefined, name: string): string | undefined {
  const [child] = children(node, name);
  return typeof child === 'string' ? decodeEntities(child) : undefined;
}

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decodeEntities(text: string): string {
  return text.includes('&') ? text.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, decodeEntity) : text;
}

function decodeEntity(_: string, hex?: string, decimal?: string, name?: string): string {
  const code = hex ? Number.parseInt(hex, 16) : decimal ? Number.parseInt(decimal, 10) : undefined;
  const char = code !== undefined && code <= 0x10ffff ? String.fromCodePoint(code) : name && NAMED[name];
  if (!char || ILLEGAL.test(char)) throw malformedXml();
  return char;
}
