import Mustache from 'mustache';
import { type Counters, countFailed, type ReportLine, type Run, type RunSummary } from '../../../statemachine/contract';
import { printable } from '../../../statemachine/printable';
import { writesNothing } from '../../../statemachine/writes-nothing';
import { formatLock } from '../../../wording/format-lock';
import { formatNotes } from '../../../wording/format-notes';
import { formatPlace } from '../../../wording/format-place';
import { loopHeadings } from '../../../wording/loop-headings';
import {
  formatAmounts,
  formatBytes,
  formatCost,
  formatCount,
  formatDuration,
  formatNotIncluded,
} from '../../../wording/numbers';
import { formatS3Url } from '../../../wording/s3-url';

/** What the page shows. */
export interface ReportedRun {
  readonly run: Run;
  readonly summary: RunSummary;
  /** The first objects that failed, also in a plan or verify phase. The totals do not count those. */
  readonly failures: readonly ReportLine[];
}

/** A run's report for people: one HTML document without scripts, which needs nothing from the network. */
export function renderReportPage({ run, summary, failures }: ReportedRun): string {
  const { input } = run;
  const { status, totals, estimatedCostUsd, error } = summary;
  // A run that broke off has reported more than it counted.
  const failed = Math.max(failures.length, countFailed(summary));
  const facts = {
    Run: run.id,
    Where: summary.where && formatPlace(summary.where),
    Began: run.startedAt,
    Took: formatDuration(summary.elapsedMs),
    Requests: formatAmounts(totals.requests, formatCount),
    'On AWS': formatCost(estimatedCostUsd),
    Lock: formatLock(input),
    'Not included': formatNotIncluded(estimatedCostUsd),
  };
  const view = {
    status,
    from: formatS3Url(input.source, input.prefix),
    to: formatS3Url(input.destination, input.destinationPrefix),
    facts: Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : { name, value })),
    error: error && { name: error.name, message: error.message },
    nothing: !summary.wrote,
    sections: SECTIONS.flatMap(({ title, headings, has }) => {
      const loops = summary.phases.filter(({ name }) => has(name)).flatMap(describeLoops);
      return loops.length === 0 ? [] : { title, headings: headings.map((heading) => ({ heading })), loops };
    }),
    notes: formatNotes(summary),
    lacking: summary.lacks !== undefined && { lacks: summary.lacks },
    failed: failures.length > 0 && {
      count: formatCount(failed),
      shown: failures.length < failed && formatCount(failures.length),
      failures: failures.map((line) => ({ ...line, key: JSON.stringify(line.key) })),
    },
    input: JSON.stringify(input, undefined, 2),
  };
  // applied to the whole page, so that no field can be forgotten; the page's own text is not changed by it
  return printable(Mustache.render(PAGE, view));
}

type PhaseName = RunSummary['phases'][number]['name'];

/** A plan counts what would be done, and a verify phase what differs. Neither must look like work that was done. */
const SECTIONS = [
  {
    title: 'What would be done',
    headings: loopHeadings('would be copied', 'would be deleted'),
    has: (name: PhaseName) => name === 'plan',
  },
  {
    title: 'What was done',
    headings: loopHeadings(),
    has: (name: PhaseName) => !writesNothing(name),
  },
  {
    title: 'What differed afterwards',
    headings: loopHeadings('differ', 'orphans left'),
    has: (name: PhaseName) => name === 'verify',
  },
];

function describeLoops({ name, copy, delete: deletes }: RunSummary['phases'][number]) {
  return [
    { cells: [name, 'copy', ...describeCounters(copy)] },
    { cells: [name, 'delete', ...describeCounters(deletes)] },
  ];
}

/** In the order of the headings. */
function describeCounters(counters: Counters): string[] {
  const { listed, copied, copiedBytes, unchanged, deleted, skipped, failed } = counters;
  const outcomes = [unchanged, deleted, skipped, failed].map(formatCount);
  return [formatCount(listed), formatCount(copied), formatBytes(copiedBytes), ...outcomes];
}

/** Mustache escapes all values. */
const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<title>bucketsync {{status}}: {{from}} → {{to}}</title>
<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; }
th, td { padding: 0.2rem 1rem 0.2rem 0; text-align: left; vertical-align: top; }
.counters td:nth-child(n + 3), .counters th:nth-child(n + 3) { text-align: right; }
th { opacity: 0.65; font-weight: normal; }
pre, code, .message { white-space: pre-wrap; overflow-wrap: anywhere; }
.failed h1, .message { color: #c62828; }
.succeeded h1 { color: #2e7d32; }
</style>
</head>
<body class="{{status}}">
<h1>The run {{status}}</h1>
<p><code>{{from}}</code> → <code>{{to}}</code></p>
{{#nothing}}
<p><b>Nothing was written.</b></p>
{{/nothing}}
{{#error}}
<p class="message"><b>{{name}}</b>: {{message}}</p>
{{/error}}
<table>
{{#facts}}
<tr><th>{{name}}</th><td>{{value}}</td></tr>
{{/facts}}
</table>
{{#sections}}
<h2>{{title}}</h2>
<table class="counters">
<tr>{{#headings}}<th>{{heading}}</th>{{/headings}}</tr>
{{#loops}}
<tr>{{#cells}}<td>{{.}}</td>{{/cells}}</tr>
{{/loops}}
</table>
{{/sections}}
{{#notes}}
<p>{{.}}.</p>
{{/notes}}
{{#lacking}}
<h2>What this S3 lacks</h2>
<ul>
{{#lacks}}
<li>{{meaning}}</li>
{{/lacks}}
</ul>
{{/lacking}}
{{#failed}}
<h2>{{count}} failed</h2>
{{#shown}}
<p>The first {{shown}} are shown. Beside this page, <code>failures/</code> has all of them.</p>
{{/shown}}
<table>
<tr><th>key</th><th>phase</th><th>action</th><th>reason</th><th>error</th></tr>
{{#failures}}
<tr><td><code>{{key}}</code></td><td>{{phase}}</td><td>{{action}}</td><td>{{reason}}</td><td>{{error}}</td></tr>
{{/failures}}
</table>
{{/failed}}
<p>Beside this page, <code>actions/</code> and <code>failures/</code> have a line of JSON for each object and phase: what was
done, what was only planned, what a verify phase found to differ, what failed, and when. <code>summary.json</code> has these
numbers.</p>
<h2>What was asked for</h2>
<pre>{{input}}</pre>
</body>
</html>
`;
