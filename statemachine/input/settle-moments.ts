import { resolveMoment } from './moment';
import { refuseEmptyWindows } from './refuse-empty-windows';
import type { SyncInput } from './sync-input';

type Moments = Pick<Partial<SyncInput>, 'newerThan' | 'olderThan'>;

/**
 * Turns durations into dates, once per run. If several limits apply, it keeps the strictest one.
 *
 * @param others  limits that apply in addition to the input
 * @param startedAt  undefined: the run has not begun, so durations stay
 * @throws InvalidInputError  no object could be included
 */
export function settleMoments(input: SyncInput, others: readonly Moments[], startedAt: string | undefined): SyncInput {
  if (startedAt === undefined) return input;
  const start = Date.parse(startedAt);
  const resolve = (field: keyof Moments) =>
    [input, ...others].flatMap(({ [field]: text }) => (text === undefined ? [] : resolveMoment(text, start)));
  const [newer, older] = [resolve('newerThan'), resolve('olderThan')];
  const settled = {
    ...input,
    ...(newer.length > 0 && { newerThan: new Date(Math.max(...newer)).toISOString() }),
    ...(older.length > 0 && { olderThan: new Date(Math.min(...older)).toISOString() }),
  };
  refuseEmptyWindows(settled);
  return settled;
}
