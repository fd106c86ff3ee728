/**
 * Encodes a key as lists with `encoding-type=url` do: like an HTML form, so a space is `+`, but with `/` left as it is.
 *
 * Letters, digits and `-_.*` stay, everything else is percent-encoded by UTF-8 byte.
 */
export function listEncode(text: string): string {
  return /^[\w.*/-]*$/.test(text)
    ? text
    : encodeURIComponent(text).replace(/%20|%2F|[!'()~]/g, (part) => FORMS[part] ?? part);
}

const FORMS: Record<string, string> = {
  '%20': '+',
  '%2F': '/',
  '!': '%21',
  "'": '%27',
  '(': '%28',
  ')': '%29',
  '~': '%7E',
};
