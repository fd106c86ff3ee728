import type { SyncInput } from './input/sync-input';

/** Whether a run looks only at some keys, and not at everything in its folders. So it learns little about the folders as a whole. */
export function isAboutSomeKeys({ retry, keys, undo }: Pick<SyncInput, 'retry' | 'keys' | 'undo'>): boolean {
  return [retry, keys, undo].some((field) => field !== undefined);
}
