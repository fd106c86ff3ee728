import { Stack } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** Questions to the logs of the functions, in the language of CloudWatch Logs Insights. The runbook has the same. */
export const LOG_QUERIES: Readonly<Record<string, readonly string[]>> = {
  'One run': [
    'fields @timestamp, level, task, phase, round, range, message, error',
    'filter runId = "RUN"',
    'sort @timestamp asc',
    'limit 1000',
  ],
  'What went wrong': [
    'fields @timestamp, runId, task, message, error, code, httpStatus, s3RequestId',
    'filter level in ["WARN", "ERROR"]',
    'sort @timestamp desc',
    'limit 100',
  ],
  'Failed objects by reason': [
    'filter message = "Objects failed"',
    'stats sum(objects) as failed by runId, reason',
    'sort failed desc',
  ],
  'Failed attempts by code': [
    'filter message = "Attempts of requests failed"',
    'stats sum(attempts) as failed, count(*) as tasks by runId, code',
    'sort failed desc',
  ],
  'Slowest ranges': [
    'fields @timestamp, runId, phase, loop, round, range, durationMs, listed, copied, copiedBytes, deleted, awayMs',
    'filter message = "Task ended" and ispresent(range)',
    'sort durationMs desc',
    'limit 20',
  ],
  Locks: [
    'fields @timestamp, level, runId, mirror, message, lockId',
    'filter message like /[Ll]ock/',
    'sort @timestamp desc',
    'limit 100',
  ],
  Runs: [
    'fields @timestamp, runId, status, error, RunDuration, ObjectsCopied, ObjectsDeleted, ObjectsFailed, report',
    'filter ispresent(RunSucceeded)',
    'sort @timestamp desc',
    'limit 50',
  ],
  'Memory and time': [
    'filter type = "platform.report"',
    'stats count(*) as calls, max(record.metrics.maxMemoryUsedMB) as mostMB, max(record.metrics.durationMs) as longestMs by @log',
    'sort longestMs desc',
  ],
};

/** The queries, saved in CloudWatch, so that people find them at once. They cost nothing. */
export class LogQueries extends Construct {
  constructor(scope: Construct, id: string, logGroups: readonly logs.ILogGroup[]) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    const [construct = 'BucketSync'] = scope.node.path.split('/').slice(-2);
    const folder = `bucketsync/${stackName}/${construct.replaceAll(/[:*]/g, '-')}`;
    for (const [name, lines] of Object.entries(LOG_QUERIES)) {
      new logs.CfnQueryDefinition(this, name.replaceAll(' ', ''), {
        name: `${folder}/${name}`,
        queryString: lines.join('\n| '),
        logGroupNames: logGroups.map(({ logGroupName }) => logGroupName),
      });
    }
  }
}
