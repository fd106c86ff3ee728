import { formatBytes, formatCount, formatDuration, formatUsd } from '../../wording/numbers';
import type { Table } from '../frame/suite';
import type { ScaleMeasurement } from './measure-run';
import type { ScaleResults } from './results';

const TITLES: Readonly<Record<ScaleMeasurement['layers'], string>> = {
  all: 'Everything: the command line, HTTP, the embedded S3',
  engine: 'State machine and handlers, in one process and on one core, with computed pages in place of S3',
  simulated: 'The same in simulated time, with the limits of Lambda and S3',
};

const COLUMNS: readonly (readonly [heading: string, show: (run: ScaleMeasurement) => string | undefined])[] = [
  ['objects', ({ objects, wrong }) => formatCount(objects) + (wrong ? ` (WRONG: ${wrong})` : '')],
  ['time', ({ elapsedMs }) => formatDuration(elapsedMs)],
  ['objects/s', ({ objects, elapsedMs }) => formatCount((objects * 1000) / elapsedMs)],
  ['memory', ({ layers, peakBytes }) => (layers === 'simulated' ? undefined : formatBytes(peakBytes))],
  ['LIST', ({ listRequests }) => formatCount(listRequests)],
  ['above the floor', ({ listRequests, listFloor }) => `${((listRequests / listFloor - 1) * 100).toFixed(1)} %`],
  ['copied', ({ copied }) => formatCount(copied)],
  ['deleted', ({ deleted }) => formatCount(deleted)],
  ['rounds', ({ rounds }) => rounds?.toString()],
  ['ranges', ({ ranges }) => optional(ranges, formatCount)],
  ['at once', ({ peakConcurrency }) => optional(peakConcurrency, formatCount)],
  ['largest state', ({ stateBytes }) => optional(stateBytes, formatBytes)],
  ['history events', ({ historyEvents }) => historyEvents?.toString()],
  ['cost', ({ costUsd }) => costUsd && formatUsd(costUsd.total)],
];

function optional(value: number | undefined, format: (value: number) => string): string | undefined {
  return value === undefined ? undefined : format(value);
}

export function scaleTables({ runs }: ScaleResults): Table[] {
  const byLayers = (Object.keys(TITLES) as ScaleMeasurement['layers'][]).flatMap((layers) => {
    const ofLayers = runs.filter((run) => run.layers === layers);
    if (ofLayers.length === 0) return [];
    const columns = COLUMNS.filter(([, show]) => ofLayers.some((run) => show(run) !== undefined));
    const rows = ofLayers.map((run) => columns.map(([, show]) => show(run) ?? ''));
    return [{ title: TITLES[layers], headings: columns.map(([heading]) => heading), rows, labels: 0 }];
  });
  return [...byLayers, ...runs.flatMap(classTable)];
}

function classTable({ objects, costByClass }: ScaleMeasurement): Table[] {
  if (!costByClass) return [];
  const rows = costByClass.map(({ storageClass, usd, kmsUsd }) => [storageClass, formatUsd(usd), formatUsd(kmsUsd)]);
  const title = `Cost of the simulated run of ${formatCount(objects)} objects, by the storage class of its copies`;
  return [{ title, headings: ['class', 'cost', 'with a KMS key and no bucket key'], rows, labels: 1 }];
}
