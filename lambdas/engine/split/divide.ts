/** Whole shares of `pieces` by weight, each at least one. @param pieces  as many as there are weights, or more */
export function divide(pieces: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let weightSoFar = 0;
  let given = 0;
  return weights.map((weight, index) => {
    weightSoFar += weight;
    const left = weights.length - index - 1;
    const upTo = Math.round((pieces * weightSoFar) / total);
    const share = Math.max(1, Math.min(upTo - given, pieces - given - left));
    given += share;
    return share;
  });
}
