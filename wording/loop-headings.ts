/** The columns of a table with a row for each loop of each phase. @param copied @param deleted  what these counters mean */
export function loopHeadings(copied = 'copied', deleted = 'deleted'): string[] {
  return ['phase', 'loop', 'listed', copied, 'bytes', 'unchanged', deleted, 'skipped', 'failed'];
}
