import type { ReportLine } from '../../../statemachine/contract';
import { formatCount, formatObjects } from '../../../wording/numbers';
import type { FailureSum } from '../report/failure-sums';
import { makeTable, type Table } from './table';

/** Failures of the same reason. */
export interface FailureGroup {
  readonly title: string;
  readonly count: string;
  /** The first keys, which are there also if the group is folded. */
  readonly samples: string;
  /** Says that not all are shown, or empty. */
  readonly left: string;
  readonly isOpen: boolean;
  readonly table: Table;
}

const LONGEST_ERROR = 500;
const SAMPLES = 3;
/** A longer table hides what comes below it. */
const MOST_UNFOLDED = 20;

type Shown = Pick<ReportLine, 'key' | 'error'> & Partial<Pick<ReportLine, 'phase'>>;

/**
 * @param failures  those that were read
 * @param isAll  whether these are all
 * @param sums  what all add up to
 */
export function groupFailures(
  failures: readonly ReportLine[],
  isAll: boolean,
  sums: readonly FailureSum[] = [],
): FailureGroup[] {
  const read = Map.groupBy(failures, nameOf);
  const counted = isAll ? [] : sums.map((sum) => [nameOf(sum), sum] as const);
  const known = new Map<string, FailureSum>(counted);
  const names = [...new Set([...known.keys(), ...read.keys()])];
  const groups = names.map((name) => {
    const lines: readonly Shown[] = read.get(name) ?? known.get(name)?.samples ?? [];
    const { action = '', reason = '' } = known.get(name) ?? read.get(name)?.[0] ?? {};
    return { action, reason, lines, objects: Math.max(lines.length, known.get(name)?.objects ?? 0) };
  });
  return groups
    .sort((a, b) => b.objects - a.objects)
    .map((group, index) => describeGroup(group, index === 0 && group.lines.length <= MOST_UNFOLDED))
    .filter(({ table }) => table.rows.length > 0);
}

function describeGroup(
  group: {
    readonly action: string;
    readonly reason: string;
    readonly lines: readonly Shown[];
    readonly objects: number;
  },
  isOpen: boolean,
): FailureGroup {
  const { action, reason, lines, objects } = group;
  const title = `${action}: ${reason.replaceAll('-', ' ')}`;
  const columns = [
    { heading: 'key', text: ({ key }: Shown) => JSON.stringify(key), isKey: true },
    { heading: 'error', text: ({ error = '' }: Shown) => shorten(error) },
    ...(new Set(lines.map(({ phase }) => phase)).size > 1
      ? [{ heading: 'phase', text: ({ phase = 'sync' }: Shown) => phase }]
      : []),
  ];
  return {
    title,
    count: formatObjects(objects),
    samples: describeSamples(lines, objects),
    left: lines.length < objects ? `${formatCount(lines.length)} of ${formatCount(objects)} are shown.` : '',
    isOpen,
    table: makeTable(`Objects that failed: ${title}`, columns, lines, true),
  };
}

/** `"a", "b", "c" … 54 more` */
function describeSamples(lines: readonly Shown[], objects: number): string {
  const keys = lines.slice(0, SAMPLES).map(({ key }) => JSON.stringify(key));
  const left = objects - keys.length;
  return `${keys.join(', ')}${left > 0 ? ` … ${formatCount(left)} more` : ''}`;
}

/** The report has the whole message. */
function shorten(error: string): string {
  return error.length > LONGEST_ERROR ? `${error.slice(0, LONGEST_ERROR)} …` : error;
}

function nameOf({ action, reason }: Pick<ReportLine, 'action' | 'reason'>): string {
  return `${action} ${reason}`;
}
