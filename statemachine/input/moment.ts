import * as z from 'zod';

const SECOND = 1000;
const DAY = 86_400 * SECOND;

/** Longer than S3 has existed. */
const LONGEST_MS = 100_000 * DAY;

const UNITS: Readonly<Record<string, number>> = {
  s: SECOND,
  m: 60 * SECOND,
  h: 3600 * SECOND,
  d: DAY,
  w: 7 * DAY,
  mo: 30 * DAY,
  y: 365 * DAY,
};

/** In lower case: `1d12h`, `7 days`. */
const PIECE =
  /(\d+(?:\.\d+)?) ?(s(?:ec(?:ond)?s?)?|min(?:ute)?s?|mo(?:nth)?s?|m|h(?:(?:ou)?rs?)?|d(?:ays?)?|w(?:eeks?)?|y(?:(?:ea)?rs?)?)(?![a-z]) ?/y;

/** ISO 8601: `P7D`, `PT12H`. */
const ISO_DURATION =
  /^P(?=[\dT])(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const ISO_UNITS = [UNITS.y, UNITS.mo, UNITS.w, UNITS.d, UNITS.h, UNITS.m, UNITS.s] as readonly number[];

const isoDate = z.iso.date();
const isoTime = z.iso.datetime({ offset: true, local: true });

export const MOMENT =
  'a duration like "7d", "12h" or "1w", or a date like "2026-01-31" or "2026-01-31T12:00:00Z" (UTC if it has no time zone)';

/** A point in time, or a duration before a run begins. */
export type Moment = { readonly at: number } | { readonly agoMs: number };

/** @returns undefined if it is neither a duration nor an existing date */
export function parseMoment(text: string): Moment | undefined {
  const agoMs = durationOf(text.trim());
  if (agoMs !== undefined) return agoMs > 0 && agoMs <= LONGEST_MS ? { agoMs } : undefined;
  const at = timeOf(text.trim());
  return at === undefined ? undefined : { at };
}

export const DURATION = 'a duration like "7d", "12h" or "1w"';

/** @returns undefined if it is no duration */
export function parseDuration(text: string): number | undefined {
  const moment = parseMoment(text);
  return moment && 'agoMs' in moment ? moment.agoMs : undefined;
}

/** @returns milliseconds */
export function durationMs(text: string): number {
  const duration = parseDuration(text);
  if (duration === undefined) throw new Error(`Expected ${DURATION}, got ${JSON.stringify(text)}`);
  return duration;
}

/** @param startMs  when the run began @returns milliseconds since 1970 */
export function resolveMoment(text: string, startMs: number): number {
  const moment = parseMoment(text);
  if (moment === undefined) throw new Error(`Expected ${MOMENT}, got ${JSON.stringify(text)}`);
  return 'at' in moment ? moment.at : startMs - moment.agoMs;
}

function durationOf(text: string): number | undefined {
  const iso = ISO_DURATION.exec(text);
  if (iso) return iso.slice(1).reduce((sum, amount, index) => sum + Number(amount ?? 0) * (ISO_UNITS[index] ?? 0), 0);
  // Some tools read `M` as months and some as minutes.
  if (/M(?![A-Za-z])/.test(text)) return undefined;
  const lower = text.toLowerCase();
  let sum = 0;
  for (PIECE.lastIndex = 0; PIECE.lastIndex < lower.length; ) {
    const [, amount, unit = ''] = PIECE.exec(lower) ?? [];
    if (amount === undefined) return undefined;
    sum += Number(amount) * (UNITS[unit.startsWith('mo') ? 'mo' : unit.charAt(0)] ?? 0);
  }
  return text === '' ? undefined : sum;
}

/** A date without a time means its first moment. Without a zone it is UTC, so that it means the same on every machine. */
function timeOf(text: string): number | undefined {
  if (isoDate.safeParse(text).success) return Date.parse(text);
  const withSeconds = text.replace(/(T\d\d:\d\d)(?!:)/, '$1:00');
  if (!isoTime.safeParse(withSeconds).success) return undefined;
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(withSeconds) ? withSeconds : `${withSeconds}Z`);
}
