/** @returns the items that pass the test, and the others */
export function partition<T>(items: readonly T[], test: (item: T) => boolean): [passed: T[], others: T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
