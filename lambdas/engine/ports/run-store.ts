export interface StoredFile {
  readonly body: Buffer;
  readonly version: string;
  /** Milliseconds since 1970 by the store's own clock: when it was written, and when it was read. */
  readonly writtenAt?: number;
  readonly now?: number;
}

/** Where reports and locks are kept: a bucket, or a folder of this machine. Names look like keys: `runs/x/summary.json`. */
export interface RunStore {
  /** Set where nothing that is put there can be found again. */
  readonly keepsNothing?: boolean;
  /** What a person types to find `name`. */
  locate(name: string): string;
  /** Writes over whatever is there. */
  put(name: string, body: string | Uint8Array): Promise<void>;
  /** @returns undefined where there is none */
  get(name: string): Promise<StoredFile | undefined>;
  /** Writes only where nothing is; returns whether it wrote. */
  putIfAbsent(name: string, body: string | Uint8Array): Promise<boolean>;
  /** Writes only over `version`; returns whether it wrote. */
  replace(name: string, body: string, version: string): Promise<boolean>;
  delete(name: string): Promise<void>;
  /** Deletes only `version`; returns whether it did. */
  deleteVersion(name: string, version: string): Promise<boolean>;
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
