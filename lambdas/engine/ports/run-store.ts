export interface StoredFile {
  readonly body: Buffer;
  readonly version: string;
  /** When the file was written, in milliseconds since 1970 by the store's own clock. */
  readonly writtenAt?: number;
  /** When the file was read, by the same clock. */
  readonly now?: number;
}

/** Where reports and locks are kept: a bucket, or a folder of this machine. Names look like keys: `runs/x/summary.json`. */
export interface RunStore {
  /** Nothing that is put there can be read again. */
  readonly keepsNothing?: boolean;
  /** The address at which a person finds `name`. */
  locate(name: string): string;
  /** Writes, and replaces any file of that name. */
  put(name: string, body: string | Uint8Array): Promise<void>;
  /** @returns undefined if there is no such file */
  get(name: string): Promise<StoredFile | undefined>;
  /**
   * Writes only if there is no such file. On a server without conditional writes it looks first, so of two writers at the same
   * moment both may write.
   *
   * @returns whether it wrote
   */
  putIfAbsent(name: string, body: string | Uint8Array): Promise<boolean>;
  /**
   * Writes only if the file still is `version`, or, if that is undefined, only if there is no such file; never without a condition.
   *
   * @returns whether it wrote
   * @throws LockUnsupportedError  the server refuses such conditions
   */
  replace(name: string, body: string, version: string | undefined): Promise<boolean>;
  delete(name: string): Promise<void>;
  /**
   * Deletes only if the file still is `version`.
   *
   * @returns whether it deleted; `unsafe`: it did not, because this server would delete any version, or refuses such deletes
   */
  deleteVersion(name: string, version: string): Promise<boolean | 'unsafe'>;
  /**
   * Whether `replace` leaves a file whose condition is not met; absent: it does. A server may ignore conditions.
   *
   * @param name  a file that is there
   * @param body  what it holds
   */
  heedsConditions?(name: string, body: string): Promise<boolean>;
  /** Names that begin with `prefix`, behind `after` if it is given; at most 1,000, in order. */
  list(prefix: string, after?: string): Promise<string[]>;
}

/** The folder of a run in the run store. */
export function runFolder(runId: string): string {
  return `runs/${runId}`;
}

/** Everything in a folder of the run store. */
export async function listAll(store: RunStore, folder: string): Promise<string[]> {
  const all: string[] = [];
  let names = await store.list(folder);
  while (names.length > 0) {
    all.push(...names);
    names = await store.list(folder, names.at(-1));
  }
  return all;
}
