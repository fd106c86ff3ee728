/** What a visitor returns to end a walk before the current object. */
export const STOP = Symbol('stop');
