/** Divides `pieces` by weight. Each weight gets at least one piece. @param pieces  at least as many as there are weights */
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
