import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { compareKeys } from '../../lambdas/engine/keys/compare-keys';
import type { ReportLine, RunSummary } from '../../statemachine/contract';

/** The lines of a report in a folder, in the order of their keys: of a run that has done something, without those that its plan foretold. */
export function reportLines(summary: RunSummary, kind: 'actions' | 'failures'): ReportLine[] {
  const isPlan = summary.phases.every(({ name }) => name === 'plan');
  const foretold = ({ phase, action, outcome }: ReportLine) =>
    phase === 'plan' && (outcome === 'planned' || outcome === 'failed') && action !== 'skip';
  return everyLine(summary, kind).filter((line) => isPlan || !foretold(line));
}

/** The lines of a report in a folder, in the order of their keys: the report has them as the requests ended. */
export function everyLine({ report = '' }: RunSummary, kind: 'actions' | 'failures'): ReportLine[] {
  const folder = join(report, kind);
  const parts = readdirSync(report).includes(kind) ? readdirSync(folder) : [];
  const lines = parts.flatMap((part) => {
    const text = gunzipSync(readFileSync(join(folder, part))).toString('utf8');
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as ReportLine);
  });
  return lines.sort((a, b) => compareKeys(a.key, b.key));
}
