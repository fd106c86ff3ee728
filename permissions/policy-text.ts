/** A text that stands for itself in a policy's `Resource`, where `*` and `?` match others and `${` begins a variable. */
export function literally(text: string): string {
  return text.replace(/[*?]|\$(?=\{)/g, (character) => `\${${character}}`);
}
