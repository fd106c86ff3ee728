import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { forPeople, renderFailure } from '../../cli/output/failures';
import { inFlags } from '../../cli/output/flag-words';
import { type FailureGroup, sumFailures } from '../../local/sum-failures';
import { emptyCounters, type ReportLine, type RunSummary } from '../../statemachine/contract';
import { nextStep } from '../../wording/next-steps';

const NO_TERMINAL = new PassThrough() as unknown as NodeJS.WriteStream;
const terminal = (columns: number) =>
  Object.assign(new PassThrough(), { isTTY: true, columns, hasColors: () => false }) as unknown as NodeJS.WriteStream;

function line(key: string, error: string, more: Partial<ReportLine> = {}): ReportLine {
  return {
    ...{ time: '2026-11-28T12:00:00Z', phase: 'sync', action: 'copy', outcome: 'failed', sizeBytes: 1, eTag: 'x' },
    ...{ key, error, reason: 'access-denied' },
    ...more,
  };
}

async function* parts(...all: ReportLine[][]) {
  yield* all;
}

describe('what failed in a run', () => {
  it('is one group for each reason, whatever key, number or request the message names', async () => {
    const groups = await sumFailures(
      parts(
        [1, 2, 3, 4].map((id) => line(`k${id}`, `AccessDenied: no k${id} for you (HTTP 403, request R${id})`)),
        [line('big', 'too large: 17 bytes', { reason: 'refused' }), line('a', 'AccessDenied: no kms:Decrypt')],
        [line('huge', 'too large: 18 bytes', { reason: 'refused' })],
      ),
    );
    expect(groups).toEqual([
      {
        action: 'copy',
        reason: 'access-denied',
        error: 'AccessDenied: no k1 for you',
        objects: 4,
        keys: ['k1', 'k2', 'k3'],
      },
      { action: 'copy', reason: 'refused', error: 'too large: 17 bytes', objects: 2, keys: ['big', 'huge'] },
      { action: 'copy', reason: 'access-denied', error: 'AccessDenied: no kms:Decrypt', objects: 1, keys: ['a'] },
    ]);
  });

  it('fits a screen, however many messages a server invents', async () => {
    const words = Array.from({ length: 500 }, (_, index) => String.fromCodePoint(0x4e00 + index));
    const groups = await sumFailures(parts(words.map((word) => line('k', `no ${word}`))));
    expect(groups).toHaveLength(21);
    expect(groups[0]).toMatchObject({ reason: 'other', objects: 480 });
  });
});

describe('the end of a run that failed', () => {
  const counters = { ...emptyCounters(), listed: 1_505, failed: 1_501 };
  function summaryOf(phase: 'plan' | 'sync', input: object = {}): RunSummary {
    return {
      runId: '7f3a12bc-0000-4000-8000-000000000000',
      ...{ status: 'failed', startedAt: '', elapsedMs: 1, wrote: phase !== 'plan', report: '/r/', totals: counters },
      input: { source: 'a-bucket', destination: 'b-bucket', ...input },
      phases: [{ name: phase, copy: counters, delete: emptyCounters() }],
      estimatedCostUsd: { total: 0, items: {} },
      error: {
        ...{ name: 'SyncIncompleteError', keys: [] },
        message: '1,501 objects could not be copied; all others were. The report says why for each key',
      },
    };
  }
  const failures: FailureGroup[] = [
    {
      action: 'copy',
      reason: 'access-denied',
      error: 'AccessDenied: no kms:Decrypt',
      objects: 1_500,
      keys: ['a', 'b\n'],
    },
    { action: 'delete', reason: 'archived', error: 'Set `archived` to "skip"', objects: 1, keys: ['z'] },
  ];
  function shown(summary: RunSummary, stream = NO_TERMINAL) {
    return summary.error ? renderFailure(summary, summary.error, stream, { failures }) : '';
  }

  it('says how many failed for which reason, some of their keys, and the commands to type', () => {
    expect(shown(summaryOf('sync'))).toBe(
      [
        'SyncIncompleteError: 1,501 objects could not be copied; all others were',
        '  1,500  access-denied: no kms:Decrypt',
        '         "a"',
        '         "b\\n"',
        '         … and 1,498 more',
        '      1  delete, archived: Add `--archived skip`',
        '         "z"',
        'What to do: Remove the reasons, then try these objects again.',
        '  Only these objects:',
        '    bucketsync retry 7f3a12bc',
        '  Each of them:',
        '    bucketsync report 7f3a12bc --lines failures',
      ].join('\n'),
    );
  });

  it('does not send anybody to `retry` if that does not do all that is left', () => {
    expect(shown(summaryOf('plan', { dryRun: true }))).toContain('What to do: Remove the reasons, then plan again.');
    const publishing = shown(summaryOf('sync', { mode: 'publish' }));
    expect(publishing).toContain('then run the same again');
    expect(publishing + shown(summaryOf('plan', { dryRun: true }))).not.toContain('bucketsync retry');
  });

  it.each<[what: string, input: object, advice: string, command: string]>([
    ['a run', {}, 'with `plan` in the place of `run` shows what would be deleted', ''],
    [
      'a plan',
      { dryRun: true },
      'Look at the plan. If it is right, go on with the option',
      'report 7f3a12bc --lines actions',
    ],
    [
      'the application of a plan',
      { apply: 'a' },
      'Look at the plan. If it is right, apply it',
      'report a --lines actions',
    ],
    ['a retry', { retry: 'a' }, 'Look at what failed. If it is right, try it again', 'report a --lines failures'],
    ['an undo', { undo: 'a' }, 'Look at what the undo would do. If it is right, do it', 'undo a --plan'],
    ['the plan of an undo', { undo: 'a', dryRun: true }, 'Look at the plan.', 'report 7f3a12bc --lines actions'],
  ])('names a command of its own after a guard has refused %s', (_what, input, advice, command) => {
    const error = { name: 'DeleteGuardError', message: 'Too many', keys: [] };

    const text = shown({ ...summaryOf('plan', input), error });

    expect(text).toContain(advice);
    expect(text).toContain(command);
  });

  it.each([40, 80, 120])('breaks its sentences at spaces on a terminal of %i columns', (columns) => {
    const summary = summaryOf('sync');
    const long = { ...summary, error: { name: 'DriftError', message: 'word '.repeat(100).trim(), keys: [] } };
    const lines = stripVTControlCharacters(renderFailure(long, long.error, terminal(columns), {})).split('\n');
    expect(
      Math.max(...lines.filter((text) => !text.includes('bucketsync')).map(({ length }) => length)),
    ).toBeLessThanOrEqual(columns);
    expect(lines.length).toBeGreaterThan(2);
  });
});

describe('a message for somebody who types options', () => {
  it.each([
    ['set `allowEmptySource` to true', 'add `--allow-empty-source`'],
    ['and `maxDeletes` allows 5', 'and `--max-deletes` allows 5'],
    ['with `"maxDeletes": 9`, on the command line `--max-deletes 9`', 'with `--max-deletes 9`'],
    ['with `tags: "ignore"` (`--tags ignore`)', 'with `--tags ignore`'],
    ['set `requestPayer` to "requester" if you agree', 'add `--request-payer requester` if you agree'],
    ['Set `archived` to "restore" or "skip"', 'Set `--archived` to "restore" or "skip"'],
    ['leave it out with `exclude`', 'leave it out with `--exclude`'],
    ['deploy with `acls: true`, or `mayOverride`', 'deploy with `acls: true`, or `mayOverride`'],
  ])('%s', (given, expected) => {
    expect(inFlags(given)).toBe(expected);
  });

  it('has the statements of a policy over several lines, as they can be pasted', () => {
    const statement = { Effect: 'Allow', Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::a/*' };
    const text = forPeople(`Allow it in the role's policy: ${JSON.stringify([statement])}. Or not`);
    expect(text).toContain('policy:\n[\n  {\n    "Effect": "Allow",\n');
    expect(JSON.parse(text.slice(text.indexOf('['), text.indexOf(']\n. Or') + 1))).toEqual([statement]);
  });
});

describe('what to do after an error that no command knows', () => {
  it.each([
    ['Error', 'https://cloudformation…: getaddrinfo ENOTFOUND cloudformation', /^Check the network/],
    ['Error', 'Could not ask S3 for s3://a: connect ECONNREFUSED 127.0.0.1:9', /^Check the network/],
    ['ExpiredTokenException', 'The security token included in the request is expired', /^Log in/],
    ['AccessDeniedException', 'not authorized to perform: states:ListExecutions', /^Add the permission/],
    ['ThrottlingException', 'Rate exceeded', /^Try again/],
    ['Error', 'ENOTDIR: not a directory, mkdir /dev/null/runs', /^Check the file/],
    ['TypeError', 'x is not a function', /^$/],
  ])('%s: %s', (name, message, advice) => {
    expect(nextStep(name, message)).toMatch(advice);
  });
});
