import prettyBytes from 'pretty-bytes';
import prettyMilliseconds from 'pretty-ms';
import type { Counters } from '../statemachine/contract';

const integers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function formatCount(count: number): string {
  return integers.format(count);
}

/** `1 object`, `2,000 objects`. */
export function formatObjects(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'object' : 'objects'}`;
}

export function formatBytes(sizeBytes: number): string {
  return prettyBytes(sizeBytes);
}

/** `340 ms`, `4.2 s`, `3 m 12 s`. */
export function formatDuration(elapsedMs: number): string {
  const text = prettyMilliseconds(Math.round(elapsedMs), { secondsDecimalDigits: elapsedMs < 60_000 ? 1 : 0 });
  return text.replace(/(\d)(ms|[a-z])/g, '$1 $2');
}

/** `$12.35`, `$0.0048`: small amounts keep the digits that say something. */
export function formatUsd(usd: number): string {
  return `$${usd.toFixed(usd === 0 || usd >= 0.01 ? 2 : 4)}`;
}

/** Objects a second; a loop lists every object once, so the one that is further ahead counts. */
export function formatRate(copy: Counters, deletes: Counters, elapsedMs: number): string {
  const objects = Math.max(copy.listed, deletes.listed);
  return `${formatCount((objects * 1000) / Math.max(elapsedMs, 1))} objects/s`;
}
