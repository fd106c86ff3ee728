import type { IConstruct } from 'constructs';
import { InvalidInputError } from '../statemachine/errors';
import { describePlaces } from '../statemachine/input/deployed-mirrors';
import type { SyncInput } from '../statemachine/input/sync-input';
import { formatS3Url } from '../wording/s3-url';
import { findSharedStart, type Starts } from './schedule-starts';

/** A folder of a bucket. The prefix is empty or ends in `/`. */
interface Folder {
  readonly bucket: string;
  readonly prefix: string;
}

/** The parts of a mirror that can interfere with another one. */
export interface MirrorToRegister {
  /** Construct path, for errors. */
  readonly name: string;
  readonly input: SyncInput;
}

export interface RegisteredMirror extends MirrorToRegister {
  /** Schedules that are enabled and write. Only `registerSchedule` adds some. */
  readonly schedules: RegisteredSchedule[];
}

export interface RegisteredSchedule extends Starts {
  readonly name: string;
}

interface App {
  readonly mirrors: RegisteredMirror[];
  readonly reports: { readonly owner: string; readonly bucket: string }[];
}

const apps = new WeakMap<IConstruct, App>();

/** Its folder in the report bucket. */
const REPORT_FOLDERS = ['runs/', 'locks/'];

/**
 * Records mirrors, and compares each with all others of the app, in all stacks.
 *
 * | two mirrors | result |
 * | --- | --- |
 * | destination folders overlap, and a key there would come from two source keys | an error |
 * | destination folders overlap, and the source folders match | allowed, but not in one construct |
 * | each begins where another one ends, back to the first | an error: a cycle |
 * | one begins where the other ends | allowed: a chain |
 * | their schedules write to overlapping folders, and may start in the same minute | an error: only one would run |
 *
 * Names that CloudFormation fills in are compared as tokens.
 *
 * @throws InvalidInputError  names all mirrors of the conflict
 */
export function registerMirrors(
  root: IConstruct,
  mirrors: readonly MirrorToRegister[],
  reportBucket: string,
): RegisteredMirror[] {
  const app = apps.get(root) ?? { mirrors: [], reports: [] };
  apps.set(root, app);
  const [first] = mirrors;
  const registered = mirrors.map((mirror, index) => {
    for (const other of mirrors.slice(0, index)) refuseSameDestination(mirror, other);
    for (const other of app.mirrors) refuseFight(mirror, other);
    const added = { ...mirror, schedules: [] };
    app.mirrors.push(added);
    refuseCycle(added, app.mirrors);
    return added;
  });
  if (first) app.reports.push({ owner: first.name, bucket: reportBucket });
  for (const mirror of app.mirrors) for (const report of app.reports) refuseReportsInside(mirror, report);
  return registered;
}

/**
 * Adds a schedule to a mirror, and compares it with all others of the app that write to the same folder.
 *
 * @throws InvalidInputError  names both schedules
 */
export function registerSchedule(root: IConstruct, mirror: RegisteredMirror, schedule: RegisteredSchedule): void {
  for (const other of apps.get(root)?.mirrors ?? []) {
    if (!overlap(destinationOf(mirror), destinationOf(other))) continue;
    for (const earlier of other.schedules) refuseFightingSchedules(earlier, other, schedule, mirror);
  }
  mirror.schedules.push(schedule);
}

function sourceOf({ input }: MirrorToRegister): Folder {
  return { bucket: input.source, prefix: input.prefix };
}

function destinationOf({ input }: MirrorToRegister): Folder {
  return { bucket: input.destination, prefix: input.destinationPrefix };
}

function overlap(a: Folder, b: Folder): boolean {
  return a.bucket === b.bucket && (a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix));
}

function describe({ name, input }: MirrorToRegister): string {
  return `\`${name}\` (${describePlaces(input)})`;
}

/** Mirrors that an execution could not tell apart. */
function refuseSameDestination(mirror: MirrorToRegister, other: MirrorToRegister): void {
  if (!overlap(destinationOf(mirror), destinationOf(other))) return;
  throw new InvalidInputError(
    `Expected each mirror of a state machine to have its own destination folder, got ${describe(other)} and ${describe(mirror)}, ` +
      'which overlap. If one is part of the other, leave it out: an execution may name a sub-folder',
  );
}

function refuseFight(mirror: MirrorToRegister, other: MirrorToRegister): void {
  if (!overlap(destinationOf(mirror), destinationOf(other))) return;
  if (haveOneSource(mirror, other)) return;
  throw new InvalidInputError(
    `Expected no two mirrors with different sources to write to one folder, got ${describe(other)} and ${describe(mirror)}: ` +
      'each would delete the copies of the other',
  );
}

/** Whether each key of the smaller destination folder belongs to the same key of a source in both. */
function haveOneSource(a: MirrorToRegister, b: MirrorToRegister): boolean {
  if (a.input.source !== b.input.source) return false;
  const [outer, inner] = a.input.destinationPrefix.length <= b.input.destinationPrefix.length ? [a, b] : [b, a];
  const folder = inner.input.destinationPrefix.slice(outer.input.destinationPrefix.length);
  return inner.input.prefix === outer.input.prefix + folder;
}

/** The lock allows only one of two runs, and the other one fails. */
function refuseFightingSchedules(
  earlier: RegisteredSchedule,
  other: MirrorToRegister,
  schedule: RegisteredSchedule,
  mirror: MirrorToRegister,
): void {
  const time = findSharedStart(earlier, schedule);
  if (time === undefined) return;
  throw new InvalidInputError(
    `Expected schedules that write to the same folder to start at different times, got \`${earlier.name}\` of ${describe(other)} and ` +
      `\`${schedule.name}\` of ${describe(mirror)}, which may both start at ${time}: only one of them would run. ` +
      'Use cron(…) with different times (a rate(…) may start at any time), or leave out one schedule',
  );
}

/** Looks only for cycles through the mirror that was added last, because there was none before. */
function refuseCycle(added: RegisteredMirror, mirrors: readonly RegisteredMirror[]): void {
  const ways: RegisteredMirror[][] = [[added]];
  const seen = new Set<RegisteredMirror>();
  for (let way = ways.shift(); way; way = ways.shift()) {
    const end = destinationOf(way.at(-1) ?? added);
    if (way.length > 1 && overlap(end, sourceOf(added))) {
      throw new InvalidInputError(
        `Expected mirrors without a cycle, got a cycle: ${way.map(describe).join(', then ')}. ` +
          'The copies of one mirror would come back as changes of its own source',
      );
    }
    for (const next of mirrors) {
      if (next === added || seen.has(next) || !overlap(end, sourceOf(next))) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
}

function refuseReportsInside(mirror: RegisteredMirror, { owner, bucket }: { owner: string; bucket: string }): void {
  for (const prefix of REPORT_FOLDERS) {
    const folder = [sourceOf(mirror), destinationOf(mirror)].find((side) => overlap(side, { bucket, prefix }));
    if (!folder) continue;
    throw new InvalidInputError(
      `Expected reports and locks to be outside of mirrored folders, got those of \`${owner}\` in ${formatS3Url(bucket, prefix)}, ` +
        `and ${formatS3Url(folder.bucket, folder.prefix)} of ${describe(mirror)}. Choose another report bucket`,
    );
  }
}
