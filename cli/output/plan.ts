import { styleText } from 'node:util';
import type { Amount, PlanDigest } from '../../local/digest-plan';
import { emptyCounters, type RunSummary, takingPart } from '../../statemachine/contract';
import { printable } from '../../statemachine/printable';
import { deletesToAllow } from '../../wording/deletes-to-allow';
import { formatBytes, formatCost, formatCount, formatNotIncluded, formatObjects } from '../../wording/numbers';
import { REASONS } from '../../wording/reasons';
import { renderTable } from './table';

type Stream = NodeJS.WriteStream;

/** A plan does not say how it found out that the content differs. */
const WORDS: typeof REASONS = { ...REASONS, checksum: 'other content' };

const NOTHING = { copy: emptyCounters(), delete: emptyCounters() };

/** What people look for in a plan: how much is new, overwritten and deleted, where, and what the run will cost. */
export function renderPlan(summary: Pick<RunSummary, 'phases'>, digest: PlanDigest, stream: Stream): string {
  const parts = [
    amounts(summary, digest, stream),
    section('Steps', stepLines(digest), stream),
    section('Keys', sampleLines(digest), stream),
    section('Folders', folderLines(digest), stream),
    section('Largest', largestLines(digest), stream),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function amounts({ phases }: Pick<RunSummary, 'phases'>, digest: PlanDigest, stream: Stream): string {
  const { created, overwritten, deleted, reasons } = digest;
  const planned = phases.find(({ name }) => name === 'plan') ?? NOTHING;
  const { unchanged, skipped, waiting = 0 } = planned.copy;
  const { deferred = 0 } = planned.delete;
  const rows = [
    ['new', ...cells(created), ''],
    ['overwritten', ...cells(overwritten), describeReasons(reasons)],
    ['deleted', ...cells(deleted), ''],
    ['deleted later', formatCount(deferred), '', 'not missing at the source for long enough'],
    ['same', formatCount(unchanged), '', ''],
    ['waiting', formatCount(waiting), '', 'to be restored'],
    ['left out', formatCount(skipped - waiting), '', ''],
  ];
  const isRare = (name: string) => ['deleted later', 'waiting', 'left out'].includes(name);
  const shown = rows.filter(([name = '', objects]) => !isRare(name) || objects !== '0');
  return renderTable(stream, ['', 'objects', 'bytes', ''], shown).replace(/ +$/gm, '');
}

function cells({ objects, bytes }: Amount): [string, string] {
  return [formatCount(objects), objects === 0 ? '' : formatBytes(bytes)];
}

/** `202 another size, 95 other content` */
function describeReasons(reasons: PlanDigest['reasons']): string {
  const sums = new Map<string, number>();
  for (const [reason, { objects }] of Object.entries(reasons)) {
    const words = WORDS[reason] ?? reason;
    sums.set(words, (sums.get(words) ?? 0) + objects);
  }
  const sorted = [...sums].sort(([, a], [, b]) => b - a);
  return sorted.map(([words, objects]) => `${formatCount(objects)} ${words}`).join(', ');
}

function section(title: string, lines: readonly string[], stream: Stream): string {
  if (lines.length === 0) return '';
  return [`  ${styleText('dim', title, { stream })}`, ...lines.map((line) => `    ${line}`)].join('\n');
}

const MARKS = { created: '+', overwritten: '~', deleted: '-' } as const;

/** The first keys of each kind. */
export function sampleLines({ samples, ...digest }: PlanDigest): string[] {
  return (['created', 'overwritten', 'deleted'] as const).flatMap((kind) => {
    const left = digest[kind].objects - samples[kind].length;
    const lines = samples[kind].map((key) => `${MARKS[kind]} ${describeKey(key)}`);
    return left > 0 ? [...lines, `${MARKS[kind]} … and ${formatCount(left)} more`] : lines;
  });
}

/** In the order in which they are carried out. */
function stepLines({ steps = [], deleted }: PlanDigest): string[] {
  if (steps.length === 0) return [];
  const copies = steps.map(({ name, glob, ...amount }) => {
    const others = name.startsWith('step-') ? 'everything else' : name;
    return `${glob === undefined ? others : describeKey(glob)}: ${describeCopies(amount)}`;
  });
  const all = deleted.objects > 0 ? [...copies, `deletes: ${formatObjects(deleted.objects)}`] : copies;
  return all.map((line, index) => `${index + 1}. ${line}`);
}

function describeCopies({ objects, bytes }: Amount): string {
  return objects === 0 ? 'nothing' : `${formatObjects(objects)} (${formatBytes(bytes)})`;
}

/** One folder says nothing that the amounts do not say. */
function folderLines({ folders, others }: PlanDigest): string[] {
  if (folders.length < 2) return [];
  const lines = folders.map(({ folder, ...sums }) => `${describeKey(folder || './')} ${describeFolder(sums)}`);
  return others ? [...lines, `other folders ${describeFolder(others)}`] : lines;
}

function describeFolder({ copied, deleted }: Pick<PlanDigest['folders'][number], 'copied' | 'deleted'>): string {
  const parts = [
    copied.objects > 0 && `${formatCount(copied.objects)} to copy (${formatBytes(copied.bytes)})`,
    deleted.objects > 0 && `${formatCount(deleted.objects)} to delete (${formatBytes(deleted.bytes)})`,
  ];
  return parts.filter(Boolean).join(', ');
}

function largestLines({ largest }: PlanDigest): string[] {
  return largest.length < 2 ? [] : largest.map(({ key, sizeBytes }) => `${formatBytes(sizeBytes)} ${describeKey(key)}`);
}

/** What the run will cost, and what that leaves out. */
export function describeCost({ run }: PlanDigest): [string, string] {
  const left = formatNotIncluded(run);
  return [formatCost(run).replace(/^about/, 'at least') || 'nothing', left && `not included: ${left}`];
}

/** `about 4 minutes`: rounded, as nobody knows better. */
export function describeTime({ runSeconds }: Pick<PlanDigest, 'runSeconds'>): string {
  if (runSeconds === undefined) return '';
  if (runSeconds < 10) return 'a few seconds';
  const [size, unit] = UNITS.find(([seconds]) => runSeconds >= 1.5 * seconds) ?? [10, 'second'];
  if (unit === 'second') return `about ${Math.round(runSeconds / size) * size} seconds`;
  const count = Math.round(runSeconds / size);
  return `about ${formatCount(count)} ${unit}s`;
}

const UNITS: readonly (readonly [seconds: number, unit: string])[] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
];

/** The mark says what will become of the object: `+` new, `~` overwritten, `-` deleted. */
export function describeAction({ action, key, reason }: { action: string; key: string; reason: string }): string {
  const kind = action === 'delete' ? 'deleted' : reason === 'missing' ? 'created' : 'overwritten';
  return `${MARKS[kind]} ${describeKey(key)}${kind === 'overwritten' ? ` (${WORDS[reason] ?? reason})` : ''}`;
}

function describeKey(key: string): string {
  return printable(JSON.stringify(key));
}

/** Whether a run would do anything. It restores archived objects, so that a later run copies them. */
export function isDifferent({ totals }: RunSummary): boolean {
  return totals.copied + totals.deleted + (totals.waiting ?? 0) > 0;
}

/** `3 objects missing or different at the destination, 1 only there, 4,017 the same` */
export function describeDifference({ phases }: RunSummary): string {
  const { copy, delete: deletes } = phases.find(({ name }) => name === 'plan') ?? NOTHING;
  const { waiting = 0 } = copy;
  const { deferred = 0 } = deletes;
  const parts = [
    copy.copied > 0 && `${formatObjects(copy.copied)} missing or different at the destination`,
    deletes.deleted > 0 && `${formatCount(deletes.deleted)} only there`,
    deferred > 0 && `${formatCount(deferred)} only there and to be deleted later`,
    waiting > 0 && `${formatCount(waiting)} waiting to be restored`,
    copy.skipped > waiting && `${formatCount(copy.skipped - waiting)} left out`,
    `${formatCount(copy.unchanged)} the same`,
  ];
  return parts.filter(Boolean).join(', ');
}

/** What a run would say about a plan whose many deletes nobody has allowed yet. A dry run shows them instead. */
export function describeRefusal(summary: RunSummary): string {
  const deleted = deletesToAllow(summary);
  const plan = summary.phases.find(({ name }) => name === 'plan');
  if (deleted === undefined || !plan) return '';
  return (
    `Without a limit of yours, a run refuses to delete ${formatCount(deleted)} of the ${formatObjects(takingPart(plan, true))} that take part ` +
    `at the destination. If that is right, add --max-deletes ${deleted}.`
  );
}
