import { InvalidInputError } from '../statemachine/errors';
import { describeUnknownField } from '../statemachine/input/describe-issues';
import { syncInputSchema } from '../statemachine/input/sync-input';
import type { BucketSyncProps } from './bucket-sync-props';
import type { MirrorInput } from './mirror-input';
import type { SyncMonitoring } from './monitoring/sync-monitoring';
import type { SyncEvents } from './sync-events';
import type { SyncLocation } from './sync-location';
import type { SyncMirror } from './sync-mirror';
import type { SyncNotifications } from './sync-notifications';
import type { SyncSchedule } from './sync-schedule';

/** Each field exactly once, otherwise the code does not compile. */
type Fields<Props> = Readonly<Record<keyof Required<Props>, true>>;

const PROPS: Fields<BucketSyncProps> = {
  mirrors: true,
  reportBucket: true,
  reportKey: true,
  reportRetention: true,
  notifications: true,
  events: true,
  monitoring: true,
  vpc: true,
  vpcSubnets: true,
  securityGroups: true,
  memory: true,
  logRetention: true,
  logLevel: true,
  logKey: true,
  environmentKey: true,
  removalPolicy: true,
  stateMachineName: true,
  acls: true,
  tracing: true,
};
const MIRROR: Fields<SyncMirror> = {
  ...{ source: true, destination: true, input: true },
  ...{ mayOverride: true, undoable: true, schedules: true },
};
const LOCATION: Fields<SyncLocation> = {
  bucket: true,
  prefix: true,
  encryptionKey: true,
  endpointUrl: true,
  region: true,
  addressingStyle: true,
  secret: true,
  role: true,
};
const NOTIFICATIONS: Fields<SyncNotifications> = { topic: true, on: true, deadLetterQueue: true, runbookUrl: true };
const EVENTS: Fields<SyncEvents> = { bus: true, source: true };
const MONITORING: Fields<SyncMonitoring> = {
  alarmTopic: true,
  successWithin: true,
  successBy: true,
  metrics: true,
  runbookUrl: true,
  dashboard: true,
};
const SCHEDULE: Fields<SyncSchedule> = {
  name: true,
  schedule: true,
  input: true,
  timeWindow: true,
  enabled: true,
  deadLetterQueue: true,
};
const { source: _1, destination: _2, prefix: _3, destinationPrefix: _4, ...mirrorInput } = syncInputSchema.shape;
const INPUT: Readonly<Record<keyof Required<MirrorInput>, unknown>> = mirrorInput;

/**
 * Rejects unknown properties. TypeScript accepts them if an object comes from a variable, and JavaScript always. An ignored
 * property may be an important limit, and a folder in `input` would override the folder of `source`.
 *
 * @throws InvalidInputError
 */
export function refuseUnknownFields(props: BucketSyncProps, path: string): void {
  check(props, PROPS, path);
  if (!Array.isArray(props.mirrors) || props.mirrors.length === 0) {
    throw new InvalidInputError(
      `\`${path}\`: Expected \`mirrors\` to be a list of one mirror or more, got an empty list or nothing`,
    );
  }
  if (props.notifications) check(props.notifications, NOTIFICATIONS, `${path}, notifications`);
  if (props.events) check(props.events, EVENTS, `${path}, events`);
  if (props.monitoring) check(props.monitoring, MONITORING, `${path}, monitoring`);
  for (const [index, mirror] of props.mirrors.entries()) {
    const where = `${path}, mirrors[${index}]`;
    check(mirror, MIRROR, where);
    for (const side of ['source', 'destination'] as const) checkLocation(mirror[side], `${where}.${side}`);
    check(mirror.input ?? {}, INPUT, `${where}.input`);
  }
}

/** @throws InvalidInputError */
export function refuseUnknownFieldsOfSchedule(schedule: SyncSchedule, path: string): void {
  check(schedule, SCHEDULE, `${path}, schedule \`${schedule.name}\``);
}

function checkLocation(place: SyncLocation, where: string): void {
  const got = isBucket(place) ? 'the bucket itself: write { bucket: … }' : 'none';
  if (isBucket(place) || !isBucket(place?.bucket)) {
    throw new InvalidInputError(`\`${where}\`: Expected an object with a \`bucket\`, got ${got}`);
  }
  check(place, LOCATION, where);
}

/** A name is no bucket, and JavaScript gives anything. */
function isBucket(given: unknown): boolean {
  return typeof given === 'object' && given !== null && 'bucketArn' in given;
}

function check(given: object, known: Readonly<Record<string, unknown>>, where: string): void {
  const unknown = Object.keys(given).find((field) => !Object.hasOwn(known, field));
  if (unknown === undefined) return;
  if (known === INPUT && Object.hasOwn(syncInputSchema.shape, unknown)) {
    throw new InvalidInputError(
      `\`${where}\`: Expected no \`${unknown}\`: \`source\` and \`destination\` name the folders`,
    );
  }
  const isInput = Object.hasOwn(INPUT, unknown);
  const names = isInput ? [`input.${unknown}`] : Object.keys(known);
  throw new InvalidInputError(`\`${where}\`: ${describeUnknownField(unknown, names)}`);
}
