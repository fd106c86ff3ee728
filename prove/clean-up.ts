import type { Signing } from './aws-call';
import type { Journal, Resource } from './journal';
import { removeBucket } from './remove-bucket';
import { removeKey } from './remove-key';
import { removeRole } from './remove-role';
import { removeStack } from './remove-stack';

/** What could not be removed, and why. */
export interface Leftover {
  readonly resource: Resource;
  readonly reason: string;
}

/** Removes everything that a journal names, and then the journal. @returns what is left */
export async function cleanUp(journal: Journal, signingOf: (region: string) => Signing): Promise<Leftover[]> {
  const leftovers: Leftover[] = [];
  for (const resource of journal.left) {
    try {
      await remove(resource, signingOf(resource.region));
      journal.noteGone(resource);
    } catch (error) {
      leftovers.push({ resource, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  journal.close();
  return leftovers;
}

function remove({ kind, name }: Resource, signing: Signing): Promise<void> {
  if (kind === 'bucket') return removeBucket(signing.client, name);
  if (kind === 'role') return removeRole(signing, name);
  if (kind === 'stack') return removeStack(signing, name);
  return removeKey(signing, name);
}
