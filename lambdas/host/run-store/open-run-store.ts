import { fileURLToPath } from 'node:url';
import { NOWHERE } from '../../../statemachine/contract';
import type { RunStore } from '../../engine/ports/run-store';
import { FolderRunStore } from './folder-run-store';
import { NoRunStore } from './no-run-store';
import type { Waiting } from './patiently';
import { S3RunStore } from './s3-run-store';

/**
 * Opens the store of a location: `s3://bucket`, `file:///folder`, or `nowhere:`, which keeps nothing.
 *
 * @param owner  account that must own the bucket
 * @param waiting  how long it waits for an unavailable S3
 */
export function openRunStore(location: string, owner?: string, waiting?: Waiting): RunStore {
  if (location === NOWHERE) return new NoRunStore();
  const url = new URL(location);
  return url.protocol === 's3:' ? new S3RunStore(url.hostname, owner, waiting) : new FolderRunStore(fileURLToPath(url));
}
