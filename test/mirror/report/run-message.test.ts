import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { emptyCounters, type RunSummary } from '../../../statemachine/contract';
import { ERROR_NAMES } from '../../../statemachine/errors';
import { formatRunMessage, type MessageFacts } from '../../../wording/run-message';

const ARN = 'arn:aws:states:eu-west-1:111122223333:execution:Mirror:nightly';
const facts: MessageFacts = { executionArn: ARN, mirror: 's3://production', code: 'AccessDenied', runbook: undefined };

const counters = { ...emptyCounters(), listed: 120_402, copied: 1_204, copiedBytes: 5_000_000, unchanged: 119_195 };
const succeeded: RunSummary = {
  runId: 'nightly',
  status: 'succeeded',
  startedAt: '2026-01-01T02:00:00Z',
  input: { source: 'staging', destination: 'production' },
  phases: [{ name: 'sync', copy: counters, delete: { ...emptyCounters(), listed: 119_409, deleted: 214 } }],
  totals: counters,
  wrote: true,
  elapsedMs: 192_000,
  estimatedCostUsd: { total: 0.05, items: { s3Copy: 0.05 } },
  report: 's3://reports/runs/nightly/',
};
const failed: RunSummary = {
  ...succeeded,
  status: 'failed',
  phases: [{ name: 'sync', copy: { ...counters, failed: 3 }, delete: emptyCounters() }],
  error: {
    name: 'SyncIncompleteError',
    message: '3 objects could not be copied; all others were. The report says why for each key',
    keys: [],
  },
};

function failedWith(name: string, message = 'It says why'): RunSummary {
  return { ...failed, error: { name, message, keys: [] } };
}

it('says in ten lines what failed, what that means, what to type next, and where to read more', () => {
  const { subject, text } = formatRunMessage(failed, facts);

  expect(subject).toBe('bucketsync FAILED s3://production: 3 of 120,402 objects failed (AccessDenied)');
  expect(text).toBe(`bucketsync FAILED s3://production: 3 of 120,402 objects failed (AccessDenied)

What it means: 3 objects could not be copied; all others were. The report says why for each key
What to do: Remove the reasons, then try these objects again.
  Only these objects: bucketsync retry ${ARN}
  Each of them: bucketsync report ${ARN} --lines failures
Report: s3://reports/runs/nightly/report.html
Runbook: docs/runbook.md, section "SyncIncompleteError"
Execution: ${ARN} (3 m 12 s, about $0.05 (S3 copy $0.05))
`);
});

it('says of a run that succeeded what it has done', () => {
  expect(formatRunMessage(succeeded, facts).text).toBe(
    `bucketsync SUCCEEDED s3://production: 1,204 objects copied (5 MB), 214 deleted, 119,195 already the same

Report: s3://reports/runs/nightly/report.html
Execution: ${ARN} (3 m 12 s, about $0.05 (S3 copy $0.05))
`,
  );
});

it('says of a plan that it is one', () => {
  const plan = {
    ...succeeded,
    wrote: false,
    input: { dryRun: true },
    phases: [{ ...succeeded.phases[0], name: 'plan' as const }],
  };

  expect(formatRunMessage(plan as RunSummary, facts).subject).toMatch(
    /^bucketsync PLANNED s3:\/\/production: 1,204 objects to be copied/,
  );
});

it.each(ERROR_NAMES)('has a first line, an advice and a section of the runbook for %s', (name) => {
  const { subject, text } = formatRunMessage(failedWith(name), { ...facts, runbook: 'https://example.com/r' });

  expect(subject).toMatch(/^bucketsync FAILED s3:\/\/production: [\w ,'-]+ \(\w+\)$/);
  expect(text).toMatch(/^What to do: .+/m);
  expect(text).toMatch(new RegExp(`^Runbook: https://example\\.com/r#${name.toLowerCase()}$`, 'm'));
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(10);
});

it.each(ERROR_NAMES)('names no option of the command line, which nobody has typed: %s', (name) => {
  const { text } = formatRunMessage(failedWith(name), facts);
  const [advice = ''] = /^What to do: .+/m.exec(text) ?? [];

  // these end no run in AWS
  const isOfCommandLine = ['NotConfirmedError', 'ReportLocationError'].includes(name);
  expect(isOfCommandLine ? '' : advice).not.toMatch(/--|same command|the same again/);
});

it.each([
  ['Timeout', 'timeout-and-other-names-without-error-at-their-end'],
  ['Lambda.Unknown', 'timeout-and-other-names-without-error-at-their-end'],
  ['EndpointError', 'endpointerror'],
])('of an error of AWS it names the section as well: %s', (name, section) => {
  const { text } = formatRunMessage(failedWith(name), { ...facts, runbook: 'https://example.com/r' });

  expect(text).toContain(`\nRunbook: https://example.com/r#${section}\n`);
});

it('says that nothing was written, if that is so', () => {
  const refused = { ...failedWith('AlreadyRunningError'), phases: [], wrote: false };

  expect(formatRunMessage(refused, { ...facts, mirror: 's3://copy' }).subject).toBe(
    'bucketsync FAILED s3://copy: another run is at work, nothing was written (AlreadyRunningError)',
  );
  expect(formatRunMessage(refused, { ...facts, mirror: undefined }).subject).toMatch(/^bucketsync FAILED: another/);
});

it('shortens the name of a mirror before what happened', () => {
  const mirror = `s3://${'b'.repeat(63)}/${'folder/'.repeat(20)}end`;
  const { subject, text } = formatRunMessage(failed, { ...facts, mirror });

  expect(subject).toHaveLength(99);
  expect(subject).toMatch(/^bucketsync FAILED s3:\/\/b+\.\.\.: 3 of 120,402 objects failed \(AccessDenied\)$/);
  expect(text).toContain(`${mirror}: 3 of`);
});

/** Any text, of which some is meant to leave its line, to look like ours, or to be obeyed by a terminal. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    'a\nbucketsync SUCCEEDED s3://production: all is well',
    '\r\nReport: https://evil.example.com',
    '\u001b[2J\u202e\u2028\u2029\u0085',
    `'; rm -rf ~; '`,
    '$(id)`id`"',
    '😀'.repeat(1_000),
    '\ud800',
  ),
);

it('keeps the text of others on its line, and the subject as SNS accepts it, whatever it is', () => {
  fc.assert(
    fc.property(
      hostile,
      hostile,
      hostile,
      fc.constantFrom(...ERROR_NAMES, 'TypeError'),
      (message, code, warning, name) => {
        const summary = {
          ...failedWith(name, message),
          warnings: [{ name: 'unmatched-globs' as const, message: warning }],
        };
        const { subject, text } = formatRunMessage(summary, { ...facts, code });

        expect(subject).toMatch(/^[A-Za-z\d][\x20-\x7e]{0,98}$/);
        const lines = text.trimEnd().split('\n');
        expect(lines.length).toBeLessThanOrEqual(11);
        expect(lines.filter((line) => line.startsWith('bucketsync'))).toHaveLength(1);
        expect(lines.filter((line) => line.startsWith('Report:'))).toEqual([
          'Report: s3://reports/runs/nightly/report.html',
        ]);
        expect(text).toMatch(/^[^\p{Cc}\p{Zl}\p{Zp}\p{Cs}]*$/mu);
        expect(Buffer.byteLength(text)).toBeLessThan(16_384);
      },
    ),
  );
});

it.each([`nightly'run`, 'nightly(1)!', 'nächtlich', "a'$b"])(
  'quotes the name of an execution for a shell: %s',
  (name) => {
    const executionArn = ARN.replace('nightly', name);
    const { text } = formatRunMessage(failed, { ...facts, executionArn });
    const [, command = ''] = /Only these objects: bucketsync retry (.*)/.exec(text) ?? [];

    expect(execFileSync('sh', ['-c', `printf %s ${command}`]).toString()).toBe(executionArn);
  },
);
