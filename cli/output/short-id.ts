/** As much of a run's id as people type. A name that somebody has chosen is not shortened. */
export function shortId(run: string): string {
  return /^[\da-f]{8}-[\da-f]{4}-/.test(run) ? run.slice(0, SHORT) : run;
}

/** With this many characters, two runs do not share the beginning of an id by chance. */
const SHORT = 8;
