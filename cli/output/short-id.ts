/** As much of a run's id as people type. Nobody shortens a name that somebody has chosen. */
export function shortId(run: string): string {
  return /^[\da-f]{8}-[\da-f]{4}-/.test(run) ? run.slice(0, SHORT) : run;
}

/** So many characters are never those of two runs by chance. */
const SHORT = 8;
