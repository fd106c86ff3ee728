import { createInterface } from 'node:readline/promises';
import type { Finding } from '../../prove/assumption';
import type { Cleaned, Intent, Proof } from '../../prove/prove';
import { printable } from '../../statemachine/printable';
import { renderTable } from './table';

/** Characters in a column of the table. prove.json has the whole text. */
const SHOWN_CHARACTERS = 100;
/** Amounts are shown in dollars, to a tenth of a cent. */
const DIGITS = 3;

export function describeIntent({ place, stages, estimate, maxUsd }: Intent): string {
  return [
    `This creates buckets, and the resources that the stages name, called ${place.name}-… in account ${place.account ?? 'unknown'}, ${place.endpoint ?? 'AWS'}, region ${place.region},`,
    'and removes them at its end. It reads and writes nothing else.',
    ...stages.map(({ id, title }) => `  ${id}  ${title}`),
    `About ${estimate.requests} requests, $${estimate.usd.toFixed(DIGITS)}; it stops at $${maxUsd}.`,
  ].join('\n');
}

/** @returns whether the answer is yes */
export async function ask(question: string, signal: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(question, { signal }).catch(() => '');
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

export function describeFinding({ id, says, verdict, observed, reason }: Finding): string {
  const detail = verdict === 'as assumed' ? '' : `: ${shorten(reason ?? observed)}`;
  return `${id.padEnd(4)} ${verdict.padEnd(10)} ${says}${detail}`;
}

export function describeProof({ findings, spent, leftovers, journal }: Proof, output: string): string {
  const tried = findings.filter(({ verdict }) => verdict !== 'not run');
  const rows = tried.map(({ id, verdict, says, expected = '', observed = '' }) => [
    id,
    verdict,
    says,
    verdict === 'as assumed' ? '' : shorten(expected),
    verdict === 'as assumed' ? '' : shorten(observed),
  ]);
  return [
    renderTable(process.stdout, ['id', 'verdict', 'assumption', 'expected', 'observed'], rows, 5),
    '',
    ...describeSkipped(findings),
    ...describeDifferences(findings),
    ...leftovers.map(({ resource, reason }) => `Left: ${resource.kind} ${resource.name}: ${reason}`),
    ...(leftovers.length > 0 ? [`Remove them with \`bucketsync prove --clean\`; ${journal} names them.`] : []),
    `${describeCounts(findings)}. $${spent.usd.toFixed(DIGITS)} at most. All details are in ${output}.`,
  ].join('\n');
}

function describeDifferences(findings: readonly Finding[]): string[] {
  const different = findings.filter(({ verdict }) => verdict === 'different');
  return different.map(({ id, source }) => `${id} differs from: ${source}`);
}

/** One line for each reason. */
function describeSkipped(findings: readonly Finding[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { verdict, reason = '', id } of findings) {
    if (verdict === 'not run') byReason.set(reason, [...(byReason.get(reason) ?? []), id]);
  }
  return [...byReason].map(([reason, ids]) => `Not run, ${reason}: ${ids.join(', ')}`);
}

function describeCounts(findings: readonly Finding[]): string {
  const verdicts = ['as assumed', 'different', 'measured', 'not run'] as const;
  return verdicts
    .map((verdict) => `${findings.filter((finding) => finding.verdict === verdict).length} ${verdict}`)
    .join(', ');
}

export function describeCleaned(cleaned: readonly Cleaned[], folder: string): string {
  if (cleaned.length === 0) return `Nothing to clean up: there is no journal in ${folder}.`;
  return cleaned
    .flatMap(({ name, removed, leftovers, skipped }) => [
      skipped ? `${name}: skipped, ${skipped}` : `${name}: removed ${removed}, left ${leftovers.length}`,
      ...leftovers.map(({ resource, reason }) => `  ${resource.kind} ${resource.name}: ${reason}`),
    ])
    .join('\n');
}

function shorten(text = ''): string {
  const shown = printable(text).replaceAll('\n', ' ');
  return shown.length > SHOWN_CHARACTERS ? `${shown.slice(0, SHOWN_CHARACTERS)}…` : shown;
}
