import { isDeepStrictEqual } from 'node:util';
import type { DeployedMirror } from './deployed-mirrors';
import type { SettledInput } from './deployed-settings';
import type { SyncInput } from './sync-input';

/** Fields that leave a part of the mirror out. What has come since a plan was made is left out by its application, too. */
const SCOPE = [
  ...['source', 'destination', 'prefix', 'destinationPrefix', 'startAfter', 'include', 'exclude', 'minSize'],
  ...['maxSize', 'newerThan', 'olderThan', 'storageClasses', 'delete', 'retry', 'keys', 'apply', 'undo'],
] as const satisfies readonly (keyof SyncInput)[];

type Scope = {
  readonly input: SyncInput;
  readonly deployed?: Pick<NonNullable<SettledInput['deployed']>, 'folder' | 'include' | 'exclude'> | undefined;
};

/** Whether a run brings all of its mirror up to date: it leaves out nothing. A duration of the deployment is a date in the run. */
export function isWhole({ input, deployed }: Scope, mirror: DeployedMirror): boolean {
  if (input.dryRun || deployed?.folder || deployed?.include.length || deployed?.exclude.length) return false;
  return SCOPE.every((field) => {
    const isMoment = field === 'newerThan' || field === 'olderThan';
    if (isMoment) return (input[field] === undefined) === (mirror.input[field] === undefined);
    return isDeepStrictEqual(input[field], mirror.input[field]);
  });
}
