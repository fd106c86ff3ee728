import type { WireRequest } from './wire-request';

/**
 * The canonical request that Signature Version 4 signs, built from the bytes that arrived. A character is a byte.
 *
 * Written from "Signature Calculations for the Authorization Header" in the Amazon S3 API Reference, and not from code that
 * signs.
 *
 * @param signedHeaders  names in lower case
 * @param leftOut  the query parameter that is not signed: the signature itself
 */
export function canonicalRequest(
  { method, path, query, headers }: WireRequest,
  signedHeaders: readonly string[],
  payloadHash: string,
  leftOut?: string,
): string {
  const names = [...signedHeaders].sort();
  const lines = names.map((name) => `${name}:${canonicalValue(headers.get(name) ?? [])}\n`);
  return [method, recode(path, '/'), canonicalQuery(query, leftOut), lines.join(''), names.join(';'), payloadHash].join(
    '\n',
  );
}

/**
 * Spaces and tabs are trimmed, and several are one space; a no-break space is no white space. Repeated headers are joined.
 */
function canonicalValue(values: readonly string[]): string {
  return values.map((value) => value.replace(/[ \t]+/g, ' ').replace(/^ | $/g, '')).join(',');
}

/** By encoded name, then by encoded value. Here a `+` is a space. */
function canonicalQuery(query: string, leftOut: string | undefined): string {
  const parameters = query.split('&').flatMap((parameter): [name: string, value: string][] => {
    if (parameter === '') return [];
    const equals = parameter.indexOf('=');
    const [name, value] = equals === -1 ? [parameter, ''] : [parameter.slice(0, equals), parameter.slice(equals + 1)];
    return name === leftOut ? [] : [[recode(name.replaceAll('+', '%20')), recode(value.replaceAll('+', '%20'))]];
  });
  return parameters
    .sort(([a, x], [b, y]) => compareText(a, b) || compareText(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

const UNRESERVED = /[A-Za-z0-9._~-]/;
const ALL_UNRESERVED = /^[A-Za-z0-9._~-]*$/;
const FORMS = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return UNRESERVED.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
});

/** Decodes once, and encodes once: S3 does not encode a path twice, as other services do. */
function recode(text: string, kept = ''): string {
  if (ALL_UNRESERVED.test(kept === '' ? text : text.replaceAll(kept, ''))) return text;
  return text.replace(/%([0-9A-Fa-f]{2})|./gs, (sent, hex: string | undefined) => {
    const byte = hex === undefined ? sent.charCodeAt(0) : Number.parseInt(hex, 16);
    return byte === kept.charCodeAt(0) ? kept : (FORMS[byte] as string);
  });
}
