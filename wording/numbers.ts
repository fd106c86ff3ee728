import prettyBytes from 'pretty-bytes';
import prettyMilliseconds from 'pretty-ms';
import type { EstimatedCost } from '../statemachine/contract';

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

/** `$12.35`, `$0.0048`: small amounts keep their significant digits. */
export function formatUsd(usd: number): string {
  if (usd > 0 && usd < SMALLEST_USD) return `$${usd.toFixed(2 - Math.ceil(Math.log10(usd))).replace(/0+$/, '')}`;
  return `$${usd.toFixed(usd === 0 || usd >= 0.01 ? 2 : 4)}`;
}

const SMALLEST_USD = 0.0001;

/** `about $0.05 (S3 copy $0.04, S3 list $0.01)`: amounts that are too small to show are left out. */
export function formatCost({ total, items }: EstimatedCost): string {
  if (total === 0) return '';
  if (total < SMALLEST_USD) return `less than ${formatUsd(SMALLEST_USD)}`;
  const shown = Object.entries(items).filter(([, usd]) => usd >= SMALLEST_USD);
  const listed = formatAmounts(Object.fromEntries(shown.sort(([, a], [, b]) => b - a)), formatUsd);
  return `about ${formatUsd(total)} (${listed})`.replace(' ()', '');
}

/** What the price does not include, if there is a price. */
export function formatNotIncluded({ total, notIncluded = [] }: EstimatedCost): string {
  return total === 0 ? '' : notIncluded.join(', ');
}

/** `list 4, head 20`: the numbers above zero, by name. */
export function formatAmounts(numbers: object, format: (value: number) => string): string {
  const present = Object.entries(numbers).filter(([, value]) => value > 0);
  return present.map(([name, value]) => `${words(name)} ${format(value)}`).join(', ');
}

/** `s3List` becomes `S3 list`. */
function words(name: string): string {
  return name.replace(/^s3/, 'S3').replace(/(?<=[a-z\d])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
