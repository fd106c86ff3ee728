import type { RunSummary } from '../statemachine/contract';
import { formatCount } from './numbers';

/** Says what CloudFront was told; undefined if nobody asked for that. */
export function formatInvalidation({
  invalidation,
  input,
}: Pick<RunSummary, 'invalidation' | 'input'>): string | undefined {
  if (!invalidation) return undefined;
  const { distribution, paths, ids, completed } = invalidation;
  const count = paths === 1 ? '1 path' : `${formatCount(paths)} paths`;
  if ((input as { dryRun?: boolean }).dryRun) {
    return paths === 0
      ? `Nothing would be invalidated at the CloudFront distribution ${distribution}`
      : `At most ${count} would be invalidated at the CloudFront distribution ${distribution}`;
  }
  if (paths === 0) return `Nothing was invalidated at the CloudFront distribution ${distribution}`;
  const state = completed === undefined ? '' : completed ? ', and its edges have done it' : ', and its edges are at it';
  return `${count} ${paths === 1 ? 'was' : 'were'} invalidated at the CloudFront distribution ${distribution}${state} (${ids.join(', ')})`;
}
