/** An ETag as bucketsync has it everywhere: without the quotes of headers and list pages, and without the `W/` of a proxy. */
export function unquote(eTag: string): string {
  return eTag.replaceAll(/^W\/(?=")|"/g, '');
}
