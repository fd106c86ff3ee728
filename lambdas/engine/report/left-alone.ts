import { CHANGED_SINCE_PLAN } from './report-line';

/** Why an undo leaves keys as they are, by the `reason` of their lines. */
const BY_UNDO: Readonly<Record<string, string>> = {
  'changed-since': 'Somebody has written or deleted this key since the run, so it was left alone',
  expired: 'What the run replaced or deleted is gone for good: a lifecycle rule, or somebody, has removed that version',
  'unknown-version': 'The report of the run does not say which version it wrote, so nobody can tell it from later ones',
  'archived-version': 'What the run replaced is archived. Restore that version, and undo the run again',
};

/** Whether an object was left alone because it is not as it was planned, or cannot be brought back. Nothing has failed then. */
export function isLeftAlone(reason: string): boolean {
  return reason === CHANGED_SINCE_PLAN || Object.hasOwn(BY_UNDO, reason);
}

/** @returns undefined if the reason is none of an undo */
export function describeLeft(reason: string): Error | undefined {
  return Object.hasOwn(BY_UNDO, reason) ? new Error(BY_UNDO[reason]) : undefined;
}
