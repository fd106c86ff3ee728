/** Headers have whole seconds; the list pages of some servers do not. */
export function sameSecond(one: number, other: number): boolean {
  return Math.floor(one / 1000) === Math.floor(other / 1000);
}
