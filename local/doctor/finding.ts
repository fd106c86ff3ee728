/** The answer of a server, or the reason why there is none. */
export type Answer<T> = { readonly value: T } | { readonly unknown: string };

export type State = 'ok' | 'warning' | 'failure' | 'unchecked';

/** What a check has found. */
export interface Verdict {
  readonly state: State;
  readonly says: string;
  /** Commands that put it right, each as its words. */
  readonly commands?: readonly (readonly string[])[];
}

/** One line of the doctor. */
export interface Finding extends Verdict {
  /** Stays the same in all versions: `destination.versioning`. */
  readonly check: string;
  /** The bucket or the stack. */
  readonly about: string;
}

export function ok(says: string): Verdict {
  return { state: 'ok', says };
}

export function warning(says: string, ...commands: readonly (readonly string[])[]): Verdict {
  return { state: 'warning', says, commands };
}

export function failure(says: string, ...commands: readonly (readonly string[])[]): Verdict {
  return { state: 'failure', says, commands };
}

/** If a question was not answered, the state is never ok. */
export function unchecked(why: string): Verdict {
  return { state: 'unchecked', says: `not checked: ${why}` };
}

export function judge<T>(answer: Answer<T>, verdict: (value: T) => Verdict): Verdict {
  return 'value' in answer ? verdict(answer.value) : unchecked(answer.unknown);
}
