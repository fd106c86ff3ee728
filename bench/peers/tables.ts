import { formatBytes, formatCount, formatDuration, formatUsd } from '../../wording/numbers';
import type { Table } from '../frame/suite';
import { CASES, type CaseName } from './cases';
import type { PeersResults } from './results';
import { costUsd, countByKind, type Run, type Speed } from './run-tool';

const SPEEDS: Readonly<Record<Speed, string>> = { s3: 'with the latencies of S3', full: 'at full speed' };
const PROGRAM_HEADINGS = [
  '',
  'time',
  'ratio',
  'CPU',
  'ratio',
  'memory',
  'LIST',
  'COPY',
  'HEAD',
  'DELETE',
  'cost',
  'server CPU',
];

/** One table for each case and speed, bucketsync first; ratios are to its own numbers. */
export function peersTables({ runs, tools }: PeersResults): Table[] {
  const rows = tools.map(({ name, version, flags, missing }) => [
    name,
    version,
    missing ? `not installed: ${missing}` : flags,
  ]);
  const list: Table = { title: 'The programs', headings: ['', 'version', 'flags'], rows, labels: 3 };
  return [list, ...(Object.keys(SPEEDS) as Speed[]).flatMap((speed) => tablesOf(speed, runs))];
}

function tablesOf(speed: Speed, runs: readonly Run[]): Table[] {
  return (Object.keys(CASES) as CaseName[]).flatMap((name) => {
    const ofCase = runs.filter((run) => run.speed === speed && run.case === name);
    const [first] = ofCase;
    if (!first) return [];
    const own = ofCase.find(({ tool }) => tool === 'bucketsync');
    const title = `${formatCount(first.objects)} ${CASES[name].title}, ${SPEEDS[speed]}`;
    return [{ title, headings: PROGRAM_HEADINGS, rows: ofCase.map((run) => row(run, own)), labels: 1 }];
  });
}

function row(run: Run, own: Run | undefined): string[] {
  const { tool, wrong, lost, wallMs, cpuMs, peakBytes, serverCpuMs } = run;
  const requests = countByKind(run.requests);
  return [
    [tool, wrong && `(WRONG: ${wrong})`, lost && `(loses ${lost.split(' of ')[0]})`].filter(Boolean).join(' '),
    formatDuration(wallMs),
    own ? ratio(wallMs, own.wallMs) : '',
    formatDuration(cpuMs),
    own ? ratio(cpuMs, own.cpuMs) : '',
    formatBytes(peakBytes),
    ...[requests.list, requests.copy, requests.head, requests.delete].map(formatCount),
    formatUsd(costUsd(requests)),
    formatDuration(serverCpuMs),
  ];
}

function ratio(value: number, own: number): string {
  return (value / own).toFixed(value / own < 10 ? 2 : 0);
}
