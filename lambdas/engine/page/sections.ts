import { type Counters, type RunSummary, totalsOf } from '../../../statemachine/contract';
import { writesNothing } from '../../../statemachine/writes-nothing';
import { loopHeadings } from '../../../wording/loop-headings';
import { formatBytes, formatCount, formatObjects, formatUsd } from '../../../wording/numbers';
import { REASONS } from '../../../wording/reasons';
import type { Amount } from '../report/amounts';
import type { FolderSum } from '../report/folder-sums';
import type { TallyDocument } from '../report/tally';
import { CHART, drawPace } from './pace-charts';
import { type Column, makeTable, type Table } from './table';

/** A part of the page: text, drawings and tables. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly charts: readonly object[];
  readonly tables: readonly Table[];
  /** A long table that few people look for. */
  readonly folded: readonly Table[];
}

function section(id: string, title: string, more: Partial<Omit<Section, 'id' | 'title'>>): Section {
  const { text = '', charts = [], tables = [], folded = [] } = more;
  const filled = (some: readonly Table[]) => some.filter(({ rows }) => rows.length > 0);
  return { id, title, text, charts, tables: filled(tables), folded: filled(folded) };
}

const SMALLEST_USD = 0.0001;

/** What was done, or would be: why, where, how large, how fast. */
export function describeWork(tally: TallyDocument | undefined, isPlanned: boolean): Section[] {
  if (!tally) return [];
  const [copied, deleted] = isPlanned ? ['to copy', 'to delete'] : ['copied', 'deleted'];
  const sections = [
    section('reasons', isPlanned ? 'Why it would be copied' : 'Why it was copied', {
      tables: [reasonTable(tally.copied, copied)],
    }),
    section('folders', 'By folder', { tables: [folderTable(tally, copied, deleted)] }),
    section('pace', 'Over time', { charts: describePace(tally) }),
    section('largest', `The largest objects ${copied}`, { tables: [largestTable(tally)] }),
    section('deletes', `Objects ${deleted}`, { text: describeDeletes(tally), folded: [deletesTable(tally)] }),
    section('left-out', 'What was left alone', { tables: [reasonTable(tally.leftOut, 'left alone')] }),
  ];
  return sections.filter(({ tables, charts, folded }) => tables.length + charts.length + folded.length > 0);
}

function reasonTable(amounts: Readonly<Record<string, Amount>>, done: string): Table {
  const rows = Object.entries(amounts).sort(([, a], [, b]) => b.objects - a.objects);
  const most = Math.max(...rows.map(([, { objects }]) => objects));
  return makeTable<[string, Amount]>(
    `By reason: objects ${done}`,
    [
      { heading: 'reason', text: ([reason]) => REASONS[reason] ?? reason },
      { heading: 'objects', text: ([, { objects }]) => formatCount(objects), number: ([, { objects }]) => objects },
      { heading: 'bytes', text: ([, { bytes }]) => formatBytes(bytes), number: ([, { bytes }]) => bytes },
      barColumn(([, { objects }]) => [objects, 0], most),
    ],
    rows,
    true,
  );
}

/** One folder says nothing that the totals do not say. */
function folderTable({ folders, others }: TallyDocument, copied: string, deleted: string): Table {
  const rows = others ? [...folders, others] : folders;
  const most = Math.max(...rows.map((row) => row.copied.bytes + row.deleted.bytes));
  return makeTable<FolderSum>(
    `By folder: objects ${copied} and ${deleted}`,
    [
      { heading: 'folder', text: (row) => (row === others ? 'all others' : nameOf(row.folder)), isKey: true },
      ...amountColumns<FolderSum>(copied, (row) => row.copied),
      ...amountColumns<FolderSum>(deleted, (row) => row.deleted),
      barColumn((row) => [row.copied.bytes, row.deleted.bytes], most),
    ],
    rows.length > 1 ? rows : [],
    true,
  );
}

function nameOf(folder: string): string {
  return folder === '' ? 'not in a folder' : JSON.stringify(folder);
}

function amountColumns<Row>(name: string, of: (row: Row) => Amount): Column<Row>[] {
  return [
    { heading: name, text: (row) => formatCount(of(row).objects), number: (row) => of(row).objects },
    { heading: `bytes ${name}`, text: (row) => formatBytes(of(row).bytes), number: (row) => of(row).bytes },
  ];
}

/** @param parts  what is copied and what is deleted, in the same measure */
function barColumn<Row>(parts: (row: Row) => [number, number], most: number): Column<Row> {
  const share = (part: number) => (most === 0 ? '0' : ((100 * part) / most).toFixed(1));
  return {
    heading: 'share',
    text: () => '',
    number: (row) => parts(row)[0] + parts(row)[1],
    bar: (row) => ({ copied: share(parts(row)[0]), deleted: share(parts(row)[1]) }),
  };
}

function largestTable({ largest }: TallyDocument): Table {
  return makeTable(
    'The largest first',
    [
      { heading: 'key', text: ({ key }) => JSON.stringify(key), isKey: true },
      { heading: 'bytes', text: ({ sizeBytes }) => formatBytes(sizeBytes), number: ({ sizeBytes }) => sizeBytes },
    ],
    largest,
    true,
  );
}

function deletesTable({ samples, deleted }: TallyDocument): Table {
  const columns = [{ heading: 'key', text: (key: string) => JSON.stringify(key), isKey: true }];
  const shown = samples.deleted.length;
  const some = shown < deleted.objects ? `The first ${formatCount(shown)} keys` : 'All keys';
  return makeTable(`${some}, in order`, columns, samples.deleted);
}

function describeDeletes({ deleted }: TallyDocument): string {
  return `${formatObjects(deleted.objects)}, ${formatBytes(deleted.bytes)}.`;
}

function describePace({ pace }: TallyDocument): object[] {
  const charts = drawPace(pace);
  return charts.map((chart) => ({ ...CHART, ...chart, style: chart.name.includes('deleted') ? 'deleted' : 'copied' }));
}

/** What a verify phase found to differ. */
export function describeDifferences(tally: TallyDocument | undefined): Section[] {
  const table = reasonTable(tally?.differs ?? {}, 'that differ');
  return table.rows.length === 0 ? [] : [section('differences', 'Why objects differ', { tables: [table] })];
}

type PhaseName = RunSummary['phases'][number]['name'];

/** A plan counts what would be done, and a verify phase what differs. Neither must look like work that was done. */
const COUNTED = [
  {
    id: 'planned',
    title: 'What would be done',
    headings: loopHeadings('would be copied', 'would be deleted'),
    has: (name: PhaseName) => name === 'plan',
  },
  {
    id: 'done',
    title: 'What was done',
    headings: loopHeadings(),
    has: (name: PhaseName) => !writesNothing(name),
  },
  {
    id: 'differs',
    title: 'What differed afterwards',
    headings: loopHeadings('differ', 'orphans left'),
    has: (name: PhaseName) => name === 'verify',
  },
];

/** All counters. */
export function describePhases({ phases }: RunSummary): Section[] {
  return COUNTED.flatMap(({ id, title, headings, has }) => {
    const loops = phases.filter(({ name }) => has(name)).flatMap(describeLoops);
    if (loops.length === 0) return [];
    const columns = headings.map((heading, index) => ({
      heading,
      text: (cells: string[]) => cells[index] ?? '',
      ...(index > 1 && { number: () => 0 }),
    }));
    return [section(id, title, { tables: [makeTable('Counters of each phase and loop', columns, loops)] })];
  });
}

function describeLoops({ name, copy, delete: deletes }: RunSummary['phases'][number]): string[][] {
  return [
    [name, 'copy', ...describeCounters(copy)],
    [name, 'delete', ...describeCounters(deletes)],
  ];
}

/** In the order of the headings. */
function describeCounters(counters: Counters): string[] {
  const { listed, copied, copiedBytes, unchanged, deleted, skipped, failed } = counters;
  const outcomes = [unchanged, deleted, skipped, failed].map(formatCount);
  return [formatCount(listed), formatCount(copied), formatBytes(copiedBytes), ...outcomes];
}

/** @param run  what a run of this plan would cost; absent: it is no plan */
export function describeCost(summary: RunSummary, run: RunSummary['estimatedCostUsd'] | undefined): Section[] {
  const { total, items, prices, notIncluded = [] } = run ?? summary.estimatedCostUsd;
  const rows = Object.entries(items)
    .filter(([, usd]) => usd > 0)
    .sort(([, a], [, b]) => b - a);
  if (rows.length === 0) return [];
  const { requests } = totalsOf({ phases: summary.phases, plan: summary.keptPlan, dryRun: summary.wrote === false });
  const sent = Object.values(requests).reduce((sum, count) => sum + count, 0);
  const columns = [
    { heading: 'item', text: ([name]: [string, number]) => wordsOf(name) },
    {
      heading: 'US dollars',
      text: ([, usd]: [string, number]) => formatSmall(usd),
      number: ([, usd]: [string, number]) => usd,
    },
  ];
  const left = notIncluded.length > 0 ? ` Not included: ${notIncluded.join(', ')}.` : '';
  const amount = total < SMALLEST_USD ? formatSmall(total) : `about ${formatUsd(total)}`;
  const text = run
    ? `Running this plan costs ${amount.replace('about', 'at least')} on AWS.${left}`
    : `On AWS ${amount}, with ${formatCount(sent)} requests.${left}`;
  return [section('cost', 'Cost', { text, tables: [makeTable(describePrices(prices), columns, rows)] })];
}

function describePrices(prices: RunSummary['estimatedCostUsd']['prices']): string {
  return prices ? `At list prices of ${prices.region}, ${prices.asOf}` : 'At list prices';
}

function formatSmall(usd: number): string {
  return usd < SMALLEST_USD ? `less than ${formatUsd(SMALLEST_USD)}` : formatUsd(usd);
}

/** `s3List` becomes `S3 list`. */
function wordsOf(name: string): string {
  return name.replace(/^s3/, 'S3').replace(/(?<=[a-z\d])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
