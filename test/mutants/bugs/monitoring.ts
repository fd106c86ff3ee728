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
    bug: 'let the alarm on silence go off on the first evening',
    file: 'lib/monitoring/mirror-alarms.ts',
    search: 'warmUpPeriodDurationInMinutes: (periodSeconds * periods) / MINUTE_SECONDS',
    replace: 'warmUpPeriodDurationInMinutes: 1',
    suites: ['lib/monitoring/alarm-on-silence'],
  },
];
