import { type DeployedMirror, findMirror } from './deployed-mirrors';
import type { SyncRequest } from './sync-input';

/** The deployed mirror that a run is about. @param input  of the run. If the run was refused, it may be anything */
export function mirrorOf(input: unknown, mirrors: readonly DeployedMirror[]): DeployedMirror | undefined {
  const { source, destination, prefix, destinationPrefix } = Object(input) as Partial<SyncRequest>;
  try {
    return findMirror({ source, destination, prefix, destinationPrefix }, mirrors);
  } catch {
    return mirrors.length === 1 ? mirrors[0] : undefined;
  }
}
