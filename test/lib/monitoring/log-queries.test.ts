import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOG_QUERIES } from '../../../lib/monitoring/log-queries';
import { parseDeployedMirror } from '../../../statemachine/input/deployed-mirrors';
import { parseQuery, readField } from '../../support/logs-insights';
import { useMemoryMirror } from '../../support/memory-mirror';
import { synthesize } from '../synthesize';

type Line = Record<string, unknown>;

const RUNBOOK = readFileSync(join(__dirname, '../../../docs/runbook.md'), 'utf8');
const mirror = useMemoryMirror();
const lines: Line[] = [];
let runId = '';

/** As Lambda writes it about each invocation, with the JSON format of logs. */
const PLATFORM_REPORT = {
  ...{ time: '2026-11-29T02:00:03.000Z', type: 'platform.report' },
  record: {
    ...{ requestId: 'r-1', status: 'success' },
    metrics: { durationMs: 812.5, billedDurationMs: 813, memorySizeMB: 1792, maxMemoryUsedMB: 187 },
  },
};

beforeAll(async () => {
  const { source, destination, input } = mirror.createPair();
  for (const key of ['a', 'b', 'c', 'd']) source.put(key, 'x');
  destination.put('orphan', 'x');
  let denied = 0;
  mirror.s3.onRequest = ({ operation, key }) =>
    operation === 'CopyObject' && key !== 'a' && denied++ < 3 ? { status: 403, code: 'AccessDenied' } : undefined;
  const write = (line: object) => void lines.push(line as Line);
  const host = {
    failedAttempts: attempts(),
    metrics: { set: 'all', publish: write },
    mirrors: [parseDeployedMirror(input)],
  } as const;
  const summary = await mirror.run({}, { log: { level: 'info', requestId: 'r-1', write }, host });
  runId = summary.runId;
  write(PLATFORM_REPORT);
  for (const line of lines)
    Object.assign(line, { '@timestamp': line.timestamp ?? '2026-11-29', '@log': '1:CopyRange' });
});

/** More with each look. */
function attempts() {
  let count = 0;
  return {
    count: 0,
    get byName() {
      count += 1;
      return { SlowDown: count };
    },
  };
}

const QUERIES = Object.entries(LOG_QUERIES).map(([name, query]) => [name, query.join('\n| ')] as const);

it.each(QUERIES)('%s: finds lines of a run, and each field that it names is in some of them', (_name, text) => {
  const query = parseQuery(text.replace('"RUN"', JSON.stringify(runId)));

  expect(query.run(lines)).not.toEqual([]);
  // what only a server's error has, and a wait
  const rare = ['code', 'httpStatus', 's3RequestId', 'awayMs'];
  const absent = query.fields.filter((field) => lines.every((line) => readField(line, field) === undefined));
  expect(absent.filter((field) => !rare.includes(field))).toEqual([]);
});

it('adds up over the ranges of a run', () => {
  const run = (name: string) => parseQuery((LOG_QUERIES[name] ?? []).join('\n| ')).run(lines);

  expect(run('Failed objects by reason')).toEqual([{ runId, reason: 'access-denied', failed: 3 }]);
  expect(run('Memory and time')).toEqual([{ '@log': '1:CopyRange', calls: 1, mostMB: 187, longestMs: 812.5 }]);
  expect(run('Failed attempts by code')).toEqual([
    { runId, code: 'SlowDown', failed: expect.any(Number), tasks: expect.any(Number) },
  ]);
  expect(run('What went wrong').map(({ message }) => message)).toContain('Task ended');
});

it.each(QUERIES)('%s: is in the runbook as it is saved in CloudWatch', (name, text) => {
  expect(RUNBOOK).toContain(`**${name}**`);
  expect(RUNBOOK).toContain(`\`\`\`text\n${text}\n\`\`\``);
});

it('is all that the runbook asks of the logs', () => {
  const blocks = [...RUNBOOK.matchAll(/```text\n((?:fields|filter|stats)[^`]*)\n```/g)].map(([, text]) => text);

  expect(blocks.sort()).toEqual(QUERIES.map(([, text]) => text).sort());
});

it('is saved for all functions, in a folder of the stack, if there is monitoring', () => {
  const settings = { source: 'staging', destination: 'production', schedule: 'rate(1 day)' };
  const template = synthesize({ ...settings, alarmEmail: 'me@example.com' });
  const saved = Object.values(template.findResources('AWS::Logs::QueryDefinition')).map(({ Properties }) => Properties);

  expect(saved.map(({ Name }) => Name).sort()).toEqual(
    Object.keys(LOG_QUERIES)
      .map((name) => `bucketsync/BucketSync/BucketSync/${name}`)
      .sort(),
  );
  for (const { LogGroupNames } of saved) expect(LogGroupNames).toHaveLength(7);
  synthesize(settings).resourceCountIs('AWS::Logs::QueryDefinition', 0);
});

it.each([
  'fields @timestamp | where a = 1',
  'filter a == 1',
  'filter level = WARN',
  'stats sum(a) by b',
  'stats sum(a) as c by b | sort d desc',
  'limit 20000',
])('rejects as CloudWatch does: %s', (text) => {
  expect(() => parseQuery(text)).toThrow();
});
