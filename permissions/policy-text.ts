/** Escapes a text for a policy's `Resource`, where `*` and `?` are wildcards and `${` begins a variable. */
export function literally(text: string): string {
  return text.replace(/[*?]|\$(?=\{)/g, (character) => `\${${character}}`);
}
