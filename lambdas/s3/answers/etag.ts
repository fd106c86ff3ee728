/** An ETag as bucketsync has it everywhere: without the quotes of headers and list pages. */
export function unquote(eTag: string): string {
  return eTag.replaceAll('"', '');
}
