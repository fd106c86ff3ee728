import { InvalidInputError } from '../statemachine/errors';
import { type DeployedMirror, parseDeployedMirror } from '../statemachine/input/deployed-mirrors';
import type { OverridableField } from '../statemachine/input/narrowing';
import type { IsApart, SyncRequest } from '../statemachine/input/sync-input';
import { type BucketOrLocation, toLocation } from './sync-location';
import type { SyncSchedule } from './sync-schedule';
import { isReachedByRoles } from './sync-side';
import { withoutTokens } from './unresolved-text';

/** All fields of an execution's input that do not name a folder and can apply to every execution. */
export type MirrorInput = Omit<SyncRequest, 'source' | 'destination' | 'prefix' | 'destinationPrefix' | 'retry'>;

/** A source, and the destination to make equal to it. */
export interface SyncMirror {
  /** Bucket to read, or a folder of it. No run writes to it. */
  readonly source: BucketOrLocation;

  /** Bucket to make equal to the source, or a folder of it. */
  readonly destination: BucketOrLocation;

  /**
   * Input of every execution. An execution may narrow it but not widen it.
   *
   * @default the defaults of the input. Each bucket must belong to the account with which it is imported or created
   */
  readonly input?: MirrorInput;

  /**
   * Fields that an execution may set to any value.
   *
   * @default none
   */
  readonly mayOverride?: readonly OverridableField[];

  /**
   * Schedules that start executions of this mirror.
   *
   * @default none
   */
  readonly schedules?: readonly SyncSchedule[];
}

/** Fields of the input and `mayOverride`, as `ValidateInput` reads them. */
export type MirrorSetting = SyncRequest & { readonly mayOverride?: readonly OverridableField[] };

/** The deployed part of a mirror. Names may be tokens. */
export function toSetting({ source, destination, input, mayOverride = [] }: SyncMirror): MirrorSetting {
  const [from, to] = [toLocation(source), toLocation(destination)];
  return {
    source: from.bucket.bucketName,
    destination: to.bucket.bucketName,
    ...(from.prefix !== '' && { prefix: from.prefix }),
    ...(to.prefix !== from.prefix && { destinationPrefix: to.prefix }),
    // if a bucket has other credentials, its import does not tell its owner
    ...(isReachedByRoles(from) && { sourceOwner: from.bucket.env.account }),
    ...(isReachedByRoles(to) && { destinationOwner: to.bucket.env.account }),
    // an owner that is undefined also means the default
    ...Object.fromEntries(Object.entries(input ?? {}).filter(([, value]) => value !== undefined)),
    ...(mayOverride.length > 0 && { mayOverride }),
  };
}

/**
 * The same, checked, with texts instead of tokens.
 *
 * @throws InvalidInputError  every execution would be rejected
 */
export function checkSetting(setting: MirrorSetting, name: string, isApart?: IsApart): DeployedMirror {
  try {
    return parseDeployedMirror(withoutTokens(setting), isApart);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new InvalidInputError(`Mirror \`${name}\`: ${error.message}`, { cause: error });
  }
}
