import type { SyncInput } from './input/sync-input';

/** Whether a run looks only at some keys, and not at everything in its folders. So it learns little about the folders as a whole. */
export function isAboutSomeKeys({ retry, keys }: Pick<SyncInput, 'retry' | 'keys'>): boolean {
  return retry !== undefined || keys !== undefined;
}
