import type { Counters } from '../../statemachine/contract';
import { formatBytes, formatCount } from '../../wording/numbers';

/** What a loop listed, copied (with bytes), left unchanged and deleted. A loop leaves the cells of the other loop empty. */
export function loopCells(loop: 'copy' | 'delete', counters: Counters): string[] {
  const isCopy = loop === 'copy';
  return [
    formatCount(counters.listed),
    isCopy ? formatCount(counters.copied) : '',
    isCopy ? formatBytes(counters.copiedBytes) : '',
    formatCount(counters.unchanged),
    isCopy ? '' : formatCount(counters.deleted),
  ];
}
