import { formatRunbook } from '../../wording/runbook';

/** Names of the alarms. The runbook has a section of each name. */
export const ALARM_NAMES = [
  'NoSuccess',
  'RunFailed',
  'ObjectsFailed',
  'ObjectsDrifted',
  'RunsGuarded',
  'RunSlow',
  'StartsLost',
] as const;
export type AlarmName = (typeof ALARM_NAMES)[number];

/** The text of an alarm: what it means, and where the runbook says what to do. @param runbook  its address, if it has one */
export function describeAlarm(name: AlarmName, meaning: string, runbook: string | undefined): string {
  return `${meaning}. What to do: ${formatRunbook(`Alarm ${name}`, runbook)}`;
}
