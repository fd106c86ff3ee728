import type { Mutant } from '../mutant';

/** Bugs by which nobody learns that a mirror has stopped working. */
export const MONITORING_MUTANTS: readonly Mutant[] = [
  {
    bug: 'count a dry run as a success of the mirror',
    file: 'statemachine/input/is-whole.ts',
    search: 'input.dryRun || ',
    replace: '',
    suites: ['mirror/report/run-metrics'],
  },
  {
    bug: 'count a run that deletes nothing as a success of the mirror',
    file: 'statemachine/input/is-whole.ts',
    search: "'delete', ",
    replace: '',
    suites: ['mirror/report/run-metrics'],
  },
  {
    bug: 'take missing metrics for successes',
    file: 'lib/monitoring/mirror-alarms.ts',
    search: 'treatMissingData: cloudwatch.TreatMissingData.BREACHING',
    replace: 'treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING',
    suites: ['lib/monitoring/alarm-on-silence'],
  },
  {
    bug: 'let a run that failed shorten the time since the last success on the dashboard',
    file: 'lib/monitoring/dashboard.ts',
    search: 'IF(success > 0, EPOCH(success))',
    replace: 'IF(FILL(success, REPEAT) > 0, EPOCH(success))',
    suites: ['lib/monitoring/age-of-success'],
  },
  {
    bug: 'let the alarm on silence go off on the first evening',
    file: 'lib/monitoring/mirror-alarms.ts',
    search: 'warmUpPeriodDurationInMinutes: (periodSeconds * periods) / MINUTE_SECONDS',
    replace: 'warmUpPeriodDurationInMinutes: 1',
    suites: ['lib/monitoring/alarm-on-silence'],
  },
  {
    bug: 'write the message of an error, which may name keys, at any level',
    file: 'lambdas/host/log/with-log.ts',
    search: '...describeFailure(error) });',
    replace: '...describeFailure(error), details: messageOf(error) });',
    suites: ['mirror/log/keys-in-log.property', 'host/log/with-log'],
  },
  {
    bug: 'let the runtime of Lambda print errors with their messages',
    file: 'lambdas/host/log/hush-runtime.ts',
    search: "log.end('error', 'The runtime reports an error', error ? describeFailure(error) : {});",
    replace: "log.end('error', 'The runtime reports an error', { details: String(error) });",
    suites: ['host/log/with-log'],
  },
  {
    bug: 'let Lambda drop the line with the metrics, because it has no level',
    file: 'lib/sync-functions.ts',
    search: "logLevel === 'debug' ? lambda.ApplicationLogLevel.DEBUG : lambda.ApplicationLogLevel.INFO",
    replace: "logLevel === 'error' ? lambda.ApplicationLogLevel.ERROR : lambda.ApplicationLogLevel.INFO",
    suites: ['lib/sync-functions'],
  },
];
