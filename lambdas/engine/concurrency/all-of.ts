/** Like `Promise.all`, but waits for all promises even if one fails. So no request stays open that nobody counts. */
export async function allOf<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const outcomes = await Promise.allSettled(promises);
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}
