import { InvalidInputError } from '../errors';
import { formatValue } from './describe-issues';
import { type Moment, parseMoment } from './moment';

interface Windows {
  readonly minSize?: number;
  readonly maxSize?: number;
  readonly newerThan?: string;
  readonly olderThan?: string;
}

/**
 * If nothing lies between two limits, they are a mistake. A date and a duration can be compared only when a run has begun.
 *
 * @throws InvalidInputError
 */
export function refuseEmptyWindows({ minSize, maxSize, newerThan, olderThan }: Windows): void {
  if (minSize !== undefined && maxSize !== undefined && minSize > maxSize) {
    throw new InvalidInputError(
      `Expected \`maxSize\` to be at least \`minSize\`, ${minSize}, got ${formatValue(maxSize)}: no object would be included`,
      { field: 'maxSize' },
    );
  }
  if (newerThan === undefined || olderThan === undefined || !isEmpty(parseMoment(newerThan), parseMoment(olderThan)))
    return;
  throw new InvalidInputError(
    `Expected \`olderThan\` to be later than \`newerThan\`, ${formatValue(newerThan)}, got ${formatValue(olderThan)}: no object would be ` +
      'included. "7d" means seven days before the run begins, so the last month without the last week is `newerThan: "30d"` and `olderThan: "7d"`',
    { field: 'olderThan' },
  );
}

function isEmpty(from: Moment | undefined, until: Moment | undefined): boolean {
  if (from && until && 'at' in from && 'at' in until) return from.at >= until.at;
  return from !== undefined && until !== undefined && 'agoMs' in from && 'agoMs' in until && from.agoMs <= until.agoMs;
}
