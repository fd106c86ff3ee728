import { InvalidInputError } from '../statemachine/errors';
import { type DeployedMirror, parseDeployedMirror } from '../statemachine/input/deployed-mirrors';
import type { OverridableField } from '../statemachine/input/narrowing';
import type { IsApart, SyncRequest } from '../statemachine/input/sync-input';
import { type BucketOrLocation, toLocation } from './sync-location';
import type { SyncSchedule } from './sync-schedule';
import { isReachedByRoles } from './sync-side';
import { withoutTokens } from './unresolved-text';

/** Every field of an execution's input that does not name a folder, and holds for more than one execution. */
export type MirrorInput = Omit<SyncRequest, 'source' | 'destination' | 'prefix' | 'destinationPrefix' | 'retry'>;

/** A source and the destination that is made equal to it. */
export interface SyncMirror {
  /** Bucket, or folder of it, that is read. It is never written to. */
  readonly source: BucketOrLocation;

  /** Bucket, or folder of it, that is made equal to the source. */
  readonly destination: BucketOrLocation;

  /**
   * What every execution begins with, and may narrow but not widen.
   *
   * @default the defaults of the input; each bucket has to belong to the account that it is imported or made with
   */
  readonly input?: MirrorInput;

  /**
   * Fields that an execution may set to anything.
   *
   * @default none
   */
  readonly mayOverride?: readonly OverridableField[];

  /**
   * When executions of this mirror start by themselves.
   *
   * @default never
   */
  readonly schedules?: readonly SyncSchedule[];
}

/** Fields of the input and `mayOverride`, as `ValidateInput` reads them. */
export type MirrorSetting = SyncRequest & { readonly mayOverride?: readonly OverridableField[] };

/** What is deployed of a mirror. Names may be tokens. */
export function toSetting({ source, destination, input, mayOverride = [] }: SyncMirror): MirrorSetting {
  const [from, to] = [toLocation(source), toLocation(destination)];
  return {
    source: from.bucket.bucketName,
    destination: to.bucket.bucketName,
    ...(from.prefix !== '' && { prefix: from.prefix }),
    ...(to.prefix !== from.prefix && { destinationPrefix: to.prefix }),
    // Of a bucket that is reached by other credentials, its import does not tell the owner.
    ...(isReachedByRoles(from) && { sourceOwner: from.bucket.env.account }),
    ...(isReachedByRoles(to) && { destinationOwner: to.bucket.env.account }),
    // An owner that is set to nothing is the default, too.
    ...Object.fromEntries(Object.entries(input ?? {}).filter(([, value]) => value !== undefined)),
    ...(mayOverride.length > 0 && { mayOverride }),
  };
}

/**
 * The same, checked, with a text instead of each token.
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
