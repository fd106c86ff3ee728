import { fileURLToPath } from 'node:url';
import { NOWHERE } from '../../statemachine/contract';
import type { RunStore } from '../engine/run-store';
import { FolderRunStore } from './folder-run-store';
import { NoRunStore } from './no-run-store';
import { S3RunStore } from './s3-run-store';

/**
 * Opens the store that a location names: `s3://bucket`, `file:///folder`, or `nowhere:`, which keeps nothing.
 *
 * @param owner  account that has to own the bucket
 */
export function openRunStore(location: string, owner?: string): RunStore {
  if (location === NOWHERE) return new NoRunStore();
  const url = new URL(location);
  return url.protocol === 's3:' ? new S3RunStore(url.hostname, owner) : new FolderRunStore(fileURLToPath(url));
}
