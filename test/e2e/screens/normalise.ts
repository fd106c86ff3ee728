/**
 * Replaces what differs from one run to the next: ids, times, rates, prices, ports. A replacement is as long as what it replaces
 * if columns depend on it.
 */
const RULES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/g, '7f3a12bc-8a50-4f6e-9d7b-2c41d0a5e963'],
  [/(?<=\(run |run |apply |retry |report )[\da-f]{8}\b/g, '7f3a12bc'],
  [/127\.0\.0\.1:\d+/g, '127.0.0.1:9000'],
  [/^\d\d:\d\d:\d\d /gm, '12:00:00 '],
  [/(?<= (?:in|after) )(?:[\d.]+ m?s|\d+ m \d+ s)(?= \(run)/g, '2.1 s'],
  [/^( {2}Speed {5}).*$/gm, '$1480 copies/s, 4.6 kB/s'],
  [/^( {2}Requests {2}).*$/gm, '$1list 4, head 20, copy 9'],
  [/^( {2}(?:On AWS {4}|Run costs )).*$/gm, '$1about $0.0042 (S3 copy $0.0040, S3 head $0.0002)'],
  [/^( {2}Run takes ).*$/gm, '$1a few seconds'],
  [/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, '⠋'],
  [/ \(\d+ (?:s|m \d+ s)\)$/gm, ''],
  [/\d+ in flight/g, '16 in flight'],
  [/^( {2})[\da-f]{8}( {2})\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ( .* in ).*$/gm, '$17f3a12bc$22026-11-28T12:00:00Z$32.1 s'],
  [/ \[?request REQUEST\d+\]?/g, ''],
];

export function normalise(screen: string): string {
  const text = RULES.reduce((shown, [pattern, replacement]) => shown.replace(pattern, replacement), screen);
  return `${text.replace(/ +$/gm, '').trimEnd()}\n`;
}
